/** What links promises: short links, where they lead, and how often they were followed. */
import { Type } from 'typebox'
import { closed, defineContract, event, Id, nullable } from './define.ts'
import { manageOperations } from './links/manage.ts'
import { statisticsOperations } from './links/statistics.ts'

export { Link, LinkStats, ListedLink } from './links/shapes.ts'

export const links = defineContract({
  name: 'links',
  problems: {
    'alias-taken': { status: 409, title: 'That alias is taken.' },
    'alias-reserved': { status: 400, title: 'That alias cannot be used.' },
    'url-not-allowed': { status: 400, title: 'That address cannot be shortened.' },
    'expiry-in-the-past': { status: 400, title: 'The expiry time has already passed.' },
    expired: { status: 410, title: 'This short link has expired.' },
    'password-required': { status: 401, title: 'This short link is protected by a password.' },
    'time-zone-unknown': { status: 400, title: 'That time zone is not known.' },
  },
  operations: { ...manageOperations, ...statisticsOperations },
  events: {
    'link-created': event({ version: 1, data: closed({ linkId: Id, ownerId: nullable(Id), code: Type.String() }) }),
    'link-updated': event({ version: 1, data: closed({ linkId: Id, version: Type.Integer() }) }),
    'link-deleted': event({ version: 1, data: closed({ linkId: Id }) }),
    'link-expired': event({ version: 1, data: closed({ linkId: Id, reason: Type.Enum(['date', 'clicks']) }) }),
  },
})
