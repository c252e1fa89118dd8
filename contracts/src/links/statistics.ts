/** How often links were followed. */
import { Type } from 'typebox'
import { access, closed, Id, operation } from '../define.ts'
import { LinkStats } from './shapes.ts'

export const statisticsOperations = {
  getLinkStats: operation({
    summary: 'Clicks of a link: total, and per day in a time zone',
    http: 'GET /links/:id/stats',
    access: access.user('links:read'),
    input: closed({
      id: Id,
      days: Type.Optional(Type.Integer({ minimum: 1, maximum: 366, default: 30 })),
      timeZone: Type.Optional(Type.String({ minLength: 1, maxLength: 64, default: 'UTC', description: 'IANA name' })),
    }),
    output: LinkStats,
    problems: ['links.time-zone-unknown'],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
}
