/** Brings events from the outboxes to their listeners, here and in other processes. */
import type { OutboxEvent, Relay } from '@octet/bus'
import type { Host } from '@octet/kernel'
import type { Peers } from './peers.ts'

/**
 * Delivers an event to every listener. A listener that fails, or whose process is unreachable, does not hold the others
 * back: the first error is thrown after all have been tried, and the event waits in the outbox for another attempt.
 */
export async function deliverToAll(host: Host, peers: Peers | undefined, event: OutboxEvent): Promise<void> {
  const here = host.subscribersOf(event.event).map(subscriber => () => subscriber.deliver(event))
  const errors: unknown[] = []
  for (const deliver of [...here, ...(peers?.deliveriesOf(event) ?? [])]) {
    await deliver().catch(error => errors.push(error))
  }
  if (errors.length > 0) throw errors[0]
}

/** Every event that is due, and those these cause. */
export async function deliverAllDue(relays: readonly Relay[]): Promise<void> {
  for (let handled = 1; handled > 0; ) {
    handled = 0
    for (const relay of relays) handled += await relay.runOnce()
  }
}
