/** Where an address is, as far as somebody told us: a MaxMind-format database, or a proxy in front that knows. */
import { readFile } from 'node:fs/promises'
import { type CityResponse, Reader } from 'mmdb-lib'

export interface Place {
  /** ISO 3166, two capitals. */
  readonly country: string
  /** English name; absent with a database of countries. */
  readonly city?: string
}

export interface Places {
  /** False: every address is nowhere, and nobody need look. */
  readonly isKnown: boolean
  /** `given` is the value of {@link countryHeader}, if the request had it; it goes before the database. */
  placeOf(address: string, given?: string): Place | undefined
  /** Name in lower case of the header in which a trusted proxy says the country. */
  readonly countryHeader: string | undefined
}

export interface PlacesOptions {
  /** File in MaxMind's format (GeoLite2-City, DB-IP …), read once and kept in memory. */
  readonly database?: string | undefined
  readonly countryHeader?: string | undefined
}

export const nowhere: Places = { isKnown: false, countryHeader: undefined, placeOf: () => undefined }

const cityLengthMax = 60

/** Throws when the database cannot be read. */
export async function openPlaces({ database, countryHeader }: PlacesOptions): Promise<Places> {
  if (database === undefined && countryHeader === undefined) return nowhere
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

/** A country as it is written, or nothing: proxies say XX or T1 for what they do not know. */
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
    return undefined // not an address, or a part of the file that is broken: nobody's visit fails over that
  }
}
