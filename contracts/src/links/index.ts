/** The contract of links: short links, their targets and their clicks. */
import { Type } from 'typebox'
import { grantPermissions } from '../access.ts'
import { closed, defineContract, event, Id, nullable } from '../define.ts'
import { bulkOperations } from './bulk.ts'
import { campaignOperations } from './campaigns.ts'
import { domainOperations } from './domains.ts'
import { fileOperations } from './files.ts'
import { manageOperations } from './manage.ts'
import { organizeOperations } from './organize.ts'
import { routingOperations } from './routing.ts'
import { statisticsOperations } from './statistics.ts'
import { clicksStream, sharedClicksStream } from './streams.ts'
import { webhookOperations } from './webhooks.ts'

export { UtmTemplate } from './campaigns.ts'
export { Domain } from './domains.ts'
export { type ImportColumn, importColumns, importRowsMax } from './files.ts'
export { NewLink } from './manage.ts'
export { Folder } from './organize.ts'

export {
  type Condition,
  deviceKinds,
  LinkRouting,
  type PreviewCard,
  type Routing,
  systemNames,
} from './routing.ts'
export { type ClickDimension, clickDimensions, Link, LinkStats, ListedLink, type Utm } from './shapes.ts'
export { LinksOverview, PublicStats } from './statistics.ts'
export type { WebhookEvent } from './webhooks.ts'

export const links = defineContract({
  name: 'links',
  permissions: grantPermissions({ 'links:manage': ['admin'] }),
  problems: {
    'alias-taken': { status: 409, title: 'That alias is taken.' },
    'alias-reserved': { status: 400, title: 'That alias cannot be used.' },
    'url-not-allowed': { status: 400, title: 'That address cannot be shortened.' },
    'expiry-in-the-past': { status: 400, title: 'The expiry time has already passed.' },
    expired: { status: 410, title: 'This short link has expired.' },
    'password-required': { status: 401, title: 'This short link is protected by a password.' },
    'folder-exists': { status: 409, title: 'You have a folder of that name.' },
    'folder-unknown': { status: 400, title: 'You have no such folder.' },
    'utm-template-exists': { status: 409, title: 'You have a utm template of that name.' },
    'utm-template-unknown': { status: 400, title: 'You have no such utm template.' },
    'too-many': { status: 409, title: 'You have reached the limit for this kind of object.' },
    'domain-exists': { status: 409, title: 'You have claimed that host already.' },
    'domain-taken': { status: 409, title: 'Another account has verified that host.' },
    'domain-unknown': { status: 400, title: 'You have no such host, or it is not verified yet.' },
    'domain-not-proven': { status: 409, title: 'No proof was found that you own this host.' },
    'domain-in-use': { status: 409, title: 'There are still links on that host.' },
    'host-not-allowed': { status: 400, title: 'That host cannot be used for short links.' },
    'routing-not-valid': { status: 400, title: 'Those rules cannot be used.' },
    'interval-too-fine': { status: 400, title: 'The period is too long for hours; ask for days.' },
    'webhook-disabled': { status: 409, title: 'That webhook is switched off.' },
    'file-not-readable': { status: 400, title: 'That file cannot be read as a table of links.' },
    'time-zone-unknown': { status: 400, title: 'That time zone is not known.' },
  },
  operations: {
    ...manageOperations,
    ...bulkOperations,
    ...organizeOperations,
    ...campaignOperations,
    ...domainOperations,
    ...routingOperations,
    ...webhookOperations,
    ...statisticsOperations,
    ...fileOperations,
  },
  events: {
    'link-created': event({ version: 1, data: closed({ linkId: Id, ownerId: nullable(Id), code: Type.String() }) }),
    'link-updated': event({ version: 1, data: closed({ linkId: Id, version: Type.Integer() }) }),
    'link-deleted': event({ version: 1, data: closed({ linkId: Id }) }),
    'webhook-disabled': event({
      version: 1,
      data: closed({ webhookId: Id, ownerId: Id, reason: Type.Enum(['gone', 'failing']) }),
    }),
    'link-expired': event({ version: 1, data: closed({ linkId: Id, reason: Type.Enum(['date', 'clicks']) }) }),
  },
  streams: { clicks: clicksStream, 'shared-clicks': sharedClicksStream },
})
