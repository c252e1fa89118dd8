import type { CallOptions, ClientOf } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import type { Notification } from '@octet/kernel'

/** Delivers a notification of any module as a mail. People cannot mute any yet, so its purpose does not matter. */
export async function deliverNotification(
  client: ClientOf<typeof identity>,
  { userId, kind, text }: Notification,
  options: CallOptions,
): Promise<void> {
  await client.mailUser({ userId, kind, text }, options)
}
