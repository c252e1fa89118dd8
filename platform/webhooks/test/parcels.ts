/** A module that has webhooks and nothing else, as a second user of the package would write it. */
import { access, defineContract, problemsOf, webhookOperationsOf } from '@octet/contracts'
import { type Context, defineModule, type Floor } from '@octet/kernel'
import { Type } from 'typebox'
import { createWebhooks } from '../src/webhooks.ts'

const events = ['parcel.sent', 'parcel.lost'] as const

export const parcels = defineContract({
  name: 'parcels',
  problems: {
    'too-many': { status: 409, title: 'You have reached the limit for this kind of object.' },
    'url-not-allowed': { status: 400, title: 'That address cannot be used.' },
    'webhook-disabled': { status: 409, title: 'That webhook is switched off.' },
  },
  operations: webhookOperationsOf({
    module: 'parcels',
    subject: 'your parcels',
    events,
    url: Type.String({ maxLength: 2_048 }),
    read: access.user('parcels:read'),
    write: access.user('parcels:write'),
  }),
  events: {},
})

type ParcelsState = Pick<Floor, 'outbound' | 'secrets'>
export type ParcelsContext = Context<typeof parcels, readonly [], ParcelsState>

/** Reasons why webhooks of the test were switched off. */
export const disabled: string[] = []

export const webhooks = createWebhooks<typeof parcels, ParcelsContext, (typeof events)[number]>({
  module: 'parcels',
  problem: problemsOf(parcels),
  checkUrl: async () => undefined,
  onDisabled: async (_ctx, _tx, { reason }) => void disabled.push(reason),
})

export const parcelsModule = defineModule({
  contract: parcels,
  calls: [],
  migrations: new URL('./no-migrations/', import.meta.url),
  privacy: { keepsNothing: 'only its webhooks do' },
  capabilities: [webhooks.capability],
  open: async ({ outbound, secrets }: Floor<typeof parcels>): Promise<ParcelsState> => ({ outbound, secrets }),
  operations: webhooks.operations,
})
