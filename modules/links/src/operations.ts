/** Operation → use case. */
import type { links } from '@octet/contracts'
import type { Operations } from '@octet/kernel'
import { addDomain } from './add-domain.ts'
import type { LinksContext } from './context.ts'
import { createFolder } from './create-folder.ts'
import { createLink } from './create-link.ts'
import { createLinks } from './create-links.ts'
import { createUtmTemplate } from './create-utm-template.ts'
import { createWebhook } from './create-webhook.ts'
import { deleteFolder } from './delete-folder.ts'
import { deleteLink } from './delete-link.ts'
import { deleteLinks } from './delete-links.ts'
import { deleteTag } from './delete-tag.ts'
import { deleteUtmTemplate } from './delete-utm-template.ts'
import { deleteWebhook } from './delete-webhook.ts'
import { getLink } from './get-link.ts'
import { getLinkRouting } from './get-link-routing.ts'
import { getLinkStats } from './get-link-stats.ts'
import { getLinksOverview } from './get-links-overview.ts'
import { getPublicStats } from './get-public-stats.ts'
import { getWebhookDelivery } from './get-webhook-delivery.ts'
import { importLinks } from './import-links.ts'
import { listDomains } from './list-domains.ts'
import { listFolders } from './list-folders.ts'
import { listLinks } from './list-links.ts'
import { listTags } from './list-tags.ts'
import { listUtmTemplates } from './list-utm-templates.ts'
import { listWebhookDeliveries } from './list-webhook-deliveries.ts'
import { listWebhooks } from './list-webhooks.ts'
import { pingWebhook } from './ping-webhook.ts'
import { removeDomain } from './remove-domain.ts'
import { removeExamples } from './remove-examples.ts'
import { renameFolder } from './rename-folder.ts'
import { renameTag } from './rename-tag.ts'
import { resendWebhookDelivery } from './resend-webhook-delivery.ts'
import { rotateWebhookSecret } from './rotate-webhook-secret.ts'
import { setLinkRouting } from './set-link-routing.ts'
import { setLinkSharing } from './set-link-sharing.ts'
import { updateDomain } from './update-domain.ts'
import { updateLink } from './update-link.ts'
import { updateLinks } from './update-links.ts'
import { updateUtmTemplate } from './update-utm-template.ts'
import { updateWebhook } from './update-webhook.ts'
import { verifyDomain } from './verify-domain.ts'

export const operations: Operations<typeof links, LinksContext> = {
  createLink,
  listLinks,
  getLink,
  updateLink,
  deleteLink,
  listTags,
  renameTag,
  deleteTag,
  listFolders,
  createFolder,
  renameFolder,
  deleteFolder,
  listUtmTemplates,
  createUtmTemplate,
  updateUtmTemplate,
  deleteUtmTemplate,
  listDomains,
  addDomain,
  updateDomain,
  verifyDomain,
  removeDomain,
  listWebhooks,
  createWebhook,
  updateWebhook,
  deleteWebhook,
  rotateWebhookSecret,
  pingWebhook,
  listWebhookDeliveries,
  getWebhookDelivery,
  resendWebhookDelivery,
  getLinkStats,
  setLinkSharing,
  setLinkRouting,
  getPublicStats,
  getLinksOverview,
  getLinkRouting,
  createLinks,
  updateLinks,
  deleteLinks,
  removeExamples,
  importLinks,
}
