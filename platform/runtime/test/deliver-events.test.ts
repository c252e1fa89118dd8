/** One event for several listeners. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Host } from '@octet/kernel'
import { deliverToAll } from '../src/deliver-events.ts'
import type { Peers } from '../src/peers.ts'

const event = { id: 1, eventId: 'e1', event: 'identity.owner-created', data: {}, attempts: 1, traceparent: undefined }

test('a listener that fails, here or elsewhere, does not hold the others back, and the event fails', async () => {
  const reached: string[] = []
  const listener = (name: string, error?: Error) => async () => {
    reached.push(name)
    if (error !== undefined) throw error
  }
  const here = [listener('first', new Error('as planted')), listener('second')]
  const elsewhere = [listener('third', new Error('unreachable')), listener('fourth')]
  const host = { subscribersOf: () => here.map(deliver => ({ module: 'm', handler: 'h', deliver })) }
  const peers = { deliveriesOf: () => elsewhere }
  await assert.rejects(deliverToAll(host as never as Host, peers as never as Peers, event), /as planted/)
  assert.deepEqual(reached, ['first', 'second', 'third', 'fourth'])
})
