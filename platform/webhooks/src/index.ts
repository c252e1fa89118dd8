export type { WebhookContext, WebhooksOptions } from './context.ts'
export { createWebhooks, type Webhooks } from './webhooks.ts'
