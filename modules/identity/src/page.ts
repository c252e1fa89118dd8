/** Keyset pages: what a cursor means, and the shape of every list. */
import { commonProblem } from '@octet/contracts'
import { decodeCursor, encodeCursor, type Position } from './rules.ts'

const limitDefault = 20

/** Throws `validation-failed` for a cursor that is not ours. */
export function readPage(input: { limit?: number; cursor?: string }): { limit: number; after: Position | undefined } {
  const after = input.cursor === undefined ? undefined : decodeCursor(input.cursor)
  if (input.cursor !== undefined && after === undefined) {
    throw commonProblem('validation-failed', { errors: [{ path: '/cursor', message: 'is not one of ours' }] })
  }
  return { limit: input.limit ?? limitDefault, after }
}

/** A page from rows read with one more than `limit`. */
export function pageOf<Row, View>(
  found: readonly Row[],
  options: { limit: number; positionOf: (row: Row) => Position; view: (row: Row) => View },
): { data: View[]; meta: { limit: number; nextCursor: string | null; hasMore: boolean } } {
  const { limit, positionOf, view } = options
  const rows = found.slice(0, limit)
  const last = rows.at(-1)
  const hasMore = found.length > limit
  const nextCursor = hasMore && last !== undefined ? encodeCursor(positionOf(last)) : null
  return { data: rows.map(view), meta: { limit, nextCursor, hasMore } }
}
