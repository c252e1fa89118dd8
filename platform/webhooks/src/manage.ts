/** What an owner does with webhooks: makes, changes, deletes them, and gives them new secrets. */
import { type Contract, commonProblem, requireUser } from '@octet/contracts'
import { newId } from '@octet/db'
import { accessWebhook, accessWebhookForUpdate } from './access.ts'
import type { WebhookContext, WebhooksOptions, WebhookUseCases } from './context.ts'
import { newWebhookSecret, secretPurpose, type WebhookRow, webhookOf } from './rules.ts'
import * as store from './store.ts'

const webhooksMax = 20
/** Messages carry signatures by both secrets for this long. */
const oldSecretMs = 24 * 60 * 60_000

type Management = 'listWebhooks' | 'createWebhook' | 'updateWebhook' | 'deleteWebhook' | 'rotateWebhookSecret'

/** Use cases of webhooks. They throw `not-found`, `too-many`, `version-mismatch` and what `checkUrl` throws. */
export function createManagement<C extends Contract, Ctx extends WebhookContext>({
  module,
  problem,
  checkUrl,
}: WebhooksOptions<C, Ctx>): Pick<WebhookUseCases<Ctx>, Management> {
  const sealedFor = (ctx: Ctx, id: string, secret: string) => ctx.secrets.seal(secret, secretPurpose(module, id))
  return {
    async listWebhooks(ctx) {
      const rows = await store.listWebhooks(ctx.db, requireUser(ctx.actor).userId)
      return { data: rows.map(row => webhookOf(row, ctx.now())) }
    },
    /** The secret is in this answer and in no later one. */
    async createWebhook(ctx, { url, events, description = '' }) {
      const { userId: ownerId } = requireUser(ctx.actor)
      await checkUrl(ctx, url)
      const [id, secret] = [newId(), newWebhookSecret()]
      const row = await ctx.db.transaction(`${module}.createWebhook`, async tx => {
        if ((await store.countWebhooksOf(tx, ownerId)) >= webhooksMax) {
          throw problem('too-many', { detail: `There may be ${webhooksMax} webhooks.` })
        }
        const at = new Date(ctx.now()).toISOString()
        return store.insertWebhook(tx, {
          id,
          ownerId,
          url,
          description,
          events,
          secret: sealedFor(ctx, id, secret),
          at,
        })
      })
      return { webhook: webhookOf(row, ctx.now()), secret }
    },
    /** Changes what the input names. Messages that waited while it was off are sent once it is on. */
    async updateWebhook(ctx, { id, isEnabled, ...changes }) {
      if (changes.url !== undefined) await checkUrl(ctx, changes.url)
      const saved = await ctx.db.transaction(`${module}.updateWebhook`, async tx => {
        const row = await accessWebhookForUpdate(ctx, tx, id)
        const { ifMatch = row.version } = ctx.request
        if (ifMatch !== row.version) throw commonProblem('version-mismatch')
        const { url = row.url, events = row.events, description = row.description } = changes
        const updated_at = new Date(ctx.now()).toISOString()
        return store.saveWebhook(tx, {
          ...switched(row, isEnabled, updated_at),
          ...{ url, events: [...events], description, updated_at },
        })
      })
      return webhookOf(saved, ctx.now())
    },
    /** With its queue and its log. */
    async deleteWebhook(ctx, { id }) {
      await store.deleteWebhook(ctx.db, (await accessWebhook(ctx, id)).id)
      return {}
    },
    async rotateWebhookSecret(ctx, { id }) {
      const secret = newWebhookSecret()
      const saved = await ctx.db.transaction(`${module}.rotateWebhookSecret`, async tx => {
        const row = await accessWebhookForUpdate(ctx, tx, id)
        return store.saveWebhook(tx, {
          ...row,
          secret: sealedFor(ctx, row.id, secret),
          old_secret: row.secret,
          old_secret_until: new Date(ctx.now() + oldSecretMs).toISOString(),
          updated_at: new Date(ctx.now()).toISOString(),
        })
      })
      return { webhook: webhookOf(saved, ctx.now()), secret }
    },
  }
}

function switched(row: WebhookRow, isEnabled: boolean | undefined, at: string): WebhookRow {
  if (isEnabled === undefined || isEnabled === (row.disabled_at === null)) return row
  if (!isEnabled) return { ...row, disabled_at: at, disabled_reason: 'owner' }
  return { ...row, disabled_at: null, disabled_reason: null, failing_since: null }
}
