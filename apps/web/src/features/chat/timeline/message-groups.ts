/** How messages stand under each other: by day, by author, and where the unread ones begin. Pure. */
import { dateFormat } from '../../../shared/intl.ts'
import type { KnownMessage } from '../streams/room-log.ts'

/** A later message of the same author joins the one above within this time. */
const groupMs = 5 * 60_000

export interface Row {
  readonly message: KnownMessage
  /** The day begins with this message; its date as the user's calendar has it (YYYY-MM-DD). */
  readonly day: string | undefined
  /** The first unread message. */
  readonly isFirstNew: boolean
  /** Shows author and time; the others of the group only their words. */
  readonly isGroupStart: boolean
  readonly isGroupEnd: boolean
}

function dayIn(timeZone: string): (time: string) => string {
  const format = dateFormat('sv-SE', { dateStyle: 'short', timeZone })
  return time => format.format(new Date(time))
}

export interface Reader {
  readonly userId: string
  readonly timeZone: string
  /** Up to where the user had read when the room was opened. */
  readonly readSeq: number
}

/** The rows of the log; a message of the user's own is never new to them. */
export function rowsOf(messages: readonly KnownMessage[], { userId, timeZone, readSeq }: Reader): readonly Row[] {
  const dayOf = dayIn(timeZone)
  const firstNew = messages.find(({ seq, authorId }) => seq > readSeq && authorId !== userId)
  const rows: Row[] = []
  let before: KnownMessage | undefined
  for (const message of messages) {
    const day = dayOf(message.createdAt)
    const isNewDay = before === undefined || dayOf(before.createdAt) !== day
    const isFirstNew = message === firstNew
    const joins =
      before !== undefined &&
      !isNewDay &&
      !isFirstNew &&
      before.authorId === message.authorId &&
      message.replyToId === null &&
      Date.parse(message.createdAt) - Date.parse(before.createdAt) < groupMs
    const last = rows.at(-1)
    if (last !== undefined && !joins) rows[rows.length - 1] = { ...last, isGroupEnd: true }
    rows.push({ message, day: isNewDay ? day : undefined, isFirstNew, isGroupStart: !joins, isGroupEnd: false })
    before = message
  }
  const last = rows.at(-1)
  if (last !== undefined) rows[rows.length - 1] = { ...last, isGroupEnd: true }
  return rows
}
