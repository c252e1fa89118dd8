import { commonProblem, type Input, type Output, requireUser } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { totalOf } from '@octet/kernel'
import { publicUserOf, withoutInvisible } from '../account/rules.ts'
import type { IdentityContext } from '../context.ts'
import { countPeople, searchPeople } from './store.ts'

const limitDefault = 20

/** People by the start of their username or display name, without blocked and blocking accounts. */
export async function searchUsers(
  ctx: IdentityContext,
  input: Input<typeof identity, 'searchUsers'>,
): Promise<Output<typeof identity, 'searchUsers'>> {
  const { userId } = requireUser(ctx.actor)
  const limit = input.limit ?? limitDefault
  const start = withoutInvisible(input.q.normalize('NFC').toWellFormed()).trim().toLowerCase()
  const found =
    start === '' ? [] : await searchPeople(ctx.db, { userId, start, limit, after: readCursor(input.cursor) })
  const rows = found.slice(0, limit)
  const hasMore = found.length > limit
  const last = rows.at(-1)?.username.toLowerCase() ?? ''
  const total = await totalOf(input, rowsMax => (start === '' ? 0 : countPeople(ctx.db, { userId, start }, rowsMax)))
  const nextCursor = hasMore ? Buffer.from(`after ${last}`).toString('base64url') : null
  return { data: rows.map(publicUserOf), meta: { limit, nextCursor, hasMore, ...total } }
}

function readCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined
  const username = /^after ([a-z0-9_-]{1,30})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1]
  if (username !== undefined) return username
  throw commonProblem('validation-failed', { errors: [{ path: '/cursor', message: 'is not a valid cursor' }] })
}
