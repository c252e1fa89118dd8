import { type Input, type Output, requireUser } from '@octet/contracts'
import type { links } from '@octet/contracts/links'
import { newId } from '@octet/db'
import { type LinksContext, problem } from '../context.ts'
import { checkDestination } from '../domains/check-destination.ts'
import { newWebhookSecret, secretPurpose, webhookOf } from './rules.ts'
import * as webhookStore from './store.ts'

const webhooksMax = 20

/** Makes a webhook. Its secret is in this answer and in no later one. Throws `url-not-allowed`, `too-many`. */
export async function createWebhook(
  ctx: LinksContext,
  input: Input<typeof links, 'createWebhook'>,
): Promise<Output<typeof links, 'createWebhook'>> {
  const { userId: ownerId } = requireUser(ctx.actor)
  await checkDestination(ctx, input.url)
  const id = newId()
  const secret = newWebhookSecret()
  const row = await ctx.db.transaction('links.createWebhook', async tx => {
    if ((await webhookStore.listWebhooks(tx, ownerId)).length >= webhooksMax) {
      throw problem('too-many', { detail: `There may be ${webhooksMax} webhooks.` })
    }
    return webhookStore.insertWebhook(tx, {
      id,
      ownerId,
      url: input.url,
      description: input.description ?? '',
      events: input.events,
      secret: ctx.secrets.seal(secret, secretPurpose(id)),
      at: new Date(ctx.now()).toISOString(),
    })
  })
  return { webhook: webhookOf(row, ctx.now()), secret }
}
