/** A module that only sends notifications, as a second user of them would write it. */
import { defineContract, Id } from '@octet/contracts'
import { type Context, defineModule, notification } from '@octet/kernel'
import { Type } from 'typebox'

export const parcels = defineContract({ name: 'parcels', problems: {}, operations: {}, events: {} })
export type ParcelsContext = Context<typeof parcels, readonly [], object>

/** Parcels that came back: their notifications are not current any more. */
export const returned = new Set<string>()
/** The wording of the release that runs. */
export const wording = { en: 'is on its way' }

export const shipped = notification(Type.Object({ parcelId: Id, place: Type.String() }), {
  name: 'parcel-shipped',
  purpose: 'activity',
  example: { parcelId: '0192f0c1-0000-7000-8000-000000000001', place: 'Jena' },
  path: ({ parcelId }) => `/parcels/${parcelId}`,
  text: {
    en: ({ place }) => ({ subject: `To ${place}`, lines: [`Your parcel ${wording.en}.`], action: 'Track it' }),
    de: ({ place }) => ({ subject: `Nach ${place}`, lines: ['Dein Paket ist unterwegs.'], action: 'Verfolgen' }),
  },
  isCurrent: async (_ctx: ParcelsContext, { data }) => !returned.has(data.parcelId),
})

/** A kind that the module forgot to list. */
export const unlisted = notification(Type.Object({}), {
  name: 'parcel-unlisted',
  purpose: 'activity',
  example: {},
  path: () => '/parcels',
  text: {
    en: () => ({ subject: 'A', lines: ['b'], action: 'c' }),
    de: () => ({ subject: 'A', lines: ['b'], action: 'c' }),
  },
})

export const parcelsModule = defineModule({
  contract: parcels,
  calls: [],
  migrations: new URL('./no-migrations/', import.meta.url),
  privacy: { keepsNothing: 'it is made for a test' },
  open: async () => ({}),
  operations: {},
  notifications: [shipped],
})
