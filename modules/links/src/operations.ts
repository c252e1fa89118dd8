/** Operation → use case. */
import type { links } from '@octet/contracts'
import type { Operations } from '@octet/kernel'
import type { LinksContext } from './context.ts'
import { createLink } from './create-link.ts'
import { deleteLink } from './delete-link.ts'
import { getLink } from './get-link.ts'
import { getLinkStats } from './get-link-stats.ts'
import { listLinks } from './list-links.ts'
import { removeExamples } from './remove-examples.ts'
import { updateLink } from './update-link.ts'

export const operations: Operations<typeof links, LinksContext> = {
  createLink,
  listLinks,
  getLink,
  updateLink,
  deleteLink,
  getLinkStats,
  removeExamples,
}
