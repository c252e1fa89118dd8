import type { Input, Output } from '@octet/contracts'
import type { links } from '@octet/contracts/links'
import type { LinksContext } from '../context.ts'
import { accessWebhookForUpdate } from './access.ts'
import { newWebhookSecret, secretPurpose, webhookOf } from './rules.ts'
import * as webhookStore from './store.ts'

const oldSecretMs = 24 * 60 * 60_000

/** Gives a webhook a new secret. Messages carry signatures by both for a day, so that receivers can change in peace. */
export async function rotateWebhookSecret(
  ctx: LinksContext,
  input: Input<typeof links, 'rotateWebhookSecret'>,
): Promise<Output<typeof links, 'rotateWebhookSecret'>> {
  const secret = newWebhookSecret()
  const saved = await ctx.db.transaction('links.rotateWebhookSecret', async tx => {
    const row = await accessWebhookForUpdate(tx, ctx.actor, input.id)
    return webhookStore.saveWebhook(tx, {
      ...row,
      secret: ctx.secrets.seal(secret, secretPurpose(row.id)),
      old_secret: row.secret,
      old_secret_until: new Date(ctx.now() + oldSecretMs).toISOString(),
      updated_at: new Date(ctx.now()).toISOString(),
    })
  })
  return { webhook: webhookOf(saved, ctx.now()), secret }
}
