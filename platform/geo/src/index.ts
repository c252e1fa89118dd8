/** Country and city of a network address, from a MaxMind-format database or a header of a trusted proxy. */
import { readFile } from 'node:fs/promises'
import { setting } from '@octet/config'
import { type CityResponse, Reader } from 'mmdb-lib'

export interface Place {
  /** ISO 3166, two capitals. */
  readonly country: string
  /** English name; absent with a database of countries. */
  readonly city?: string
}

export interface GeoLookup {
  /** False when no source is configured; every lookup then finds nothing. */
  readonly isKnown: boolean
  /** `given` is the value of {@link countryHeader}, if the request has it; it wins over the database. */
  placeOf(address: string, given?: string): Place | undefined
  /** Lower-case name of the header in which a trusted proxy names the country. */
  readonly countryHeader: string | undefined
}

export interface GeoOptions {
  /** File in MaxMind's format (GeoLite2-City, DB-IP …), read once and kept in memory. */
  readonly database?: string | undefined
  readonly countryHeader?: string | undefined
}

/** For the module that looks addresses up. */
export const geoSettings = {
  OCTET_GEO_DATABASE: setting.file('countries and cities of visitors: a file in MaxMind’s format'),
  OCTET_COUNTRY_HEADER: setting.text('header in which a trusted proxy gives the country: `cf-ipcountry`', ''),
}

export const emptyGeoLookup: GeoLookup = { isKnown: false, countryHeader: undefined, placeOf: () => undefined }

const cityLengthMax = 60

/** Throws when the database cannot be read. */
export async function openGeoLookup({ database, countryHeader }: GeoOptions): Promise<GeoLookup> {
  if (database === undefined && countryHeader === undefined) return emptyGeoLookup
  const reader = database === undefined ? undefined : await openDatabase(database)
  return {
    isKnown: true,
    countryHeader: countryHeader?.toLowerCase(),
    placeOf(address, given) {
      const country = countryOf(given)
      if (country !== undefined) return { country }
      return reader === undefined ? undefined : placeOf(reader, address)
    },
  }
}

async function openDatabase(file: string): Promise<Reader<CityResponse>> {
  try {
    return new Reader<CityResponse>(await readFile(file))
  } catch (error) {
    throw new Error(`the geo database ${file} cannot be read: ${(error as Error).message}`)
  }
}

/** A valid country code, or nothing: proxies send XX or T1 for an unknown country. */
function countryOf(given: string | undefined): string | undefined {
  if (given === undefined || !/^[a-z]{2}$/i.test(given)) return undefined
  const country = given.toUpperCase()
  return country === 'XX' ? undefined : country
}

function placeOf(reader: Reader<CityResponse>, address: string): Place | undefined {
  try {
    const found = reader.get(address)
    const country = countryOf(found?.country?.iso_code)
    if (country === undefined) return undefined
    const city = found?.city?.names?.en
    return typeof city === 'string' ? { country, city: city.slice(0, cityLengthMax) } : { country }
  } catch {
    return undefined // Not an address, or a damaged part of the file: a visit must not fail because of it.
  }
}
