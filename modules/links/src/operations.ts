/** Operation → use case. */
import type { links } from '@octet/contracts/links'
import type { Operations } from '@octet/kernel'
import { createLinks } from './bulk/create-links.ts'
import { deleteLinks } from './bulk/delete-links.ts'
import { updateLinks } from './bulk/update-links.ts'
import { createUtmTemplate } from './campaigns/create-utm-template.ts'
import { deleteUtmTemplate } from './campaigns/delete-utm-template.ts'
import { listUtmTemplates } from './campaigns/list-utm-templates.ts'
import { updateUtmTemplate } from './campaigns/update-utm-template.ts'
import type { LinksContext } from './context.ts'
import { addDomain } from './domains/add-domain.ts'
import { listDomains } from './domains/list-domains.ts'
import { removeDomain } from './domains/remove-domain.ts'
import { updateDomain } from './domains/update-domain.ts'
import { verifyDomain } from './domains/verify-domain.ts'
import { importLinks } from './files/import-links.ts'
import { createLink } from './manage/create-link.ts'
import { deleteLink } from './manage/delete-link.ts'
import { getLink } from './manage/get-link.ts'
import { listLinks } from './manage/list-links.ts'
import { removeExamples } from './manage/remove-examples.ts'
import { updateLink } from './manage/update-link.ts'
import { createFolder } from './organize/create-folder.ts'
import { deleteFolder } from './organize/delete-folder.ts'
import { deleteTag } from './organize/delete-tag.ts'
import { listFolders } from './organize/list-folders.ts'
import { listTags } from './organize/list-tags.ts'
import { renameFolder } from './organize/rename-folder.ts'
import { renameTag } from './organize/rename-tag.ts'
import { getLinkRouting } from './routing/get-link-routing.ts'
import { setLinkRouting } from './routing/set-link-routing.ts'
import { getLinkStats } from './statistics/get-link-stats.ts'
import { getLinksOverview } from './statistics/get-links-overview.ts'
import { getPublicStats } from './statistics/get-public-stats.ts'
import { setLinkSharing } from './statistics/set-link-sharing.ts'
import { webhooks } from './webhooks/webhooks.ts'

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
  ...webhooks.operations,
}
