/** Keyset pages: what a cursor means, and the shape of every list. */
import { commonProblem, isId, isTime, totalMax } from '@octet/contracts'

/** Where a page ended: what its order goes by, a time or a whole number, and the id that breaks ties. */
export interface Position {
  readonly at: string
  readonly id: string
}

export interface PageRequest {
  readonly limit: number
  readonly after: Position | undefined
}

/** The length of a whole list. It is counted only when the caller asks, and only up to {@link totalMax}. */
export interface Total {
  readonly total: number
  /** False when the list is longer than `total`. */
  readonly totalIsExact: boolean
}

export interface Page<View> {
  readonly data: View[]
  readonly meta: {
    readonly limit: number
    readonly nextCursor: string | null
    readonly hasMore: boolean
  } & Partial<Total>
}

const limitDefault = 20
/** The sort key of a list. A cursor of one sort order is invalid for another: the database would fail on it. */
export type OrderedBy = 'time' | 'number'

/** Throws `validation-failed` for a cursor that is not ours, or of a list in another kind of order. */
export function readPage(input: { limit?: number; cursor?: string }, by: OrderedBy = 'time'): PageRequest {
  const after = input.cursor === undefined ? undefined : decodeCursor(input.cursor, by)
  if (input.cursor !== undefined && after === undefined) {
    throw commonProblem('validation-failed', { errors: [{ path: '/cursor', message: 'is not one of ours' }] })
  }
  return { limit: input.limit ?? limitDefault, after }
}

/** Counts the list if the caller asked for it. `count` gets the number of rows at which it may stop. */
export async function totalOf(
  input: { readonly include?: 'total' },
  count: (rowsMax: number) => Promise<number> | number,
): Promise<Total | undefined> {
  if (input.include !== 'total') return undefined
  const rows = await count(totalMax + 1)
  return { total: Math.min(rows, totalMax), totalIsExact: rows <= totalMax }
}

/** A page from rows read with one more than `limit`. */
export function pageOf<Row, View>(
  found: readonly Row[],
  options: { limit: number; positionOf: (row: Row) => Position; view: (row: Row) => View; total?: Total },
): Page<View> {
  const { limit, positionOf, view, total } = options
  const rows = found.slice(0, limit)
  const last = rows.at(-1)
  const hasMore = found.length > limit
  const nextCursor = hasMore && last !== undefined ? encodeCursor(positionOf(last)) : null
  return { data: rows.map(view), meta: { limit, nextCursor, hasMore, ...total } }
}

function encodeCursor({ at, id }: Position): string {
  return Buffer.from(`${at} ${id}`).toString('base64url')
}

function decodeCursor(cursor: string, by: OrderedBy): Position | undefined {
  const [at = '', id, ...more] = Buffer.from(cursor, 'base64url').toString().split(' ')
  const isPosition = by === 'time' ? isTime(at) : /^\d{1,15}$/.test(at)
  return isPosition && isId(id) && more.length === 0 ? { at, id } : undefined
}
