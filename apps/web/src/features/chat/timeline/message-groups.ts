/** Groups messages by day and by author, and marks where the unread ones begin. Pure functions. */
import { dateFormat } from '../../../shared/intl.ts'
import type { KnownMessage } from '../streams/room-log.ts'

/** Within this time, a later message of the same author joins the group above. */
const groupMs = 5 * 60_000

export interface Row {
  readonly message: KnownMessage
  /** The first message of a day; the date (YYYY-MM-DD) in the user's calendar. */
  readonly day: string | undefined
  /** The first unread message. */
  readonly isFirstNew: boolean
  /** Shows author and time; the others of the group show only their text. */
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
  /** The user's read position when the room was opened. */
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
