/**
 * The messages of a room: keeps its scroll position, loads more at both edges, and marks where the unread ones begin.
 */
import { Button, Loader } from '@mantine/core'
import { IconArrowDown } from '@tabler/icons-react'
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { formatDay } from '../../../shared/format.ts'
import { useLocale, useT } from '../../../shared/i18n.tsx'
import classes from '../rooms/room.module.css'
import { useOpenRoom } from '../rooms/room-context.ts'
import { useRoomView, useTimeline } from '../streams/use-live.ts'
import { type Row, rowsOf } from './message-groups.ts'
import { MessageRow } from './message-row.tsx'
import { PendingRow } from './pending-row.tsx'
import { type Scroll, useScroll } from './use-scroll.ts'

export interface MessageLogProps {
  /** The message to show, by its seq; otherwise the end. */
  readonly at: number | undefined
  readonly onPresent: () => void
  readonly empty: ReactNode
}

function DayLine({ day }: { day: string }) {
  const { tag } = useLocale()
  const text = formatDay(day, tag, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
  return (
    <div className={classes.day}>
      <span>{text}</span>
    </div>
  )
}

/** Arrow keys move from message to message; `r` replies to the focused one and `e` edits it. */
function useRowKeys() {
  const { store, onReply, myId, canSpeak, editing } = useOpenRoom()
  return (event: KeyboardEvent<HTMLElement>) => {
    const row = event.target as HTMLElement
    const isBox = row === event.currentTarget
    if (!isBox && row.dataset.message === undefined) return
    const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-message]')]
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      const next = isBox ? rows.at(-1) : rows[rows.indexOf(row) + step]
      event.preventDefault()
      next?.focus()
      return
    }
    const message = store.get().log.byId.get(row.dataset.message ?? '')
    if (message === undefined || !canSpeak || event.ctrlKey || event.metaKey) return
    if (event.key === 'r') onReply(message)
    else if (event.key === 'e' && message.authorId === myId) editing.begin(message.id)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
}

/** Reports "read" once the end of the log was visible to an active user. */
function useReading(isAtEnd: boolean, lastSeq: number): void {
  const { live, room } = useOpenRoom()
  const [isLooking, setLooking] = useState(() => document.hasFocus())
  const told = useRef(0)
  const readSeq = room.membership?.readSeq ?? Number.POSITIVE_INFINITY
  useEffect(() => {
    const look = () => setLooking(document.visibilityState === 'visible' && document.hasFocus())
    for (const type of ['focus', 'blur', 'visibilitychange']) window.addEventListener(type, look)
    return () => {
      for (const type of ['focus', 'blur', 'visibilitychange']) window.removeEventListener(type, look)
    }
  }, [])
  useEffect(() => {
    if (!isAtEnd || !isLooking || lastSeq <= Math.max(readSeq, told.current)) return
    told.current = lastSeq
    live.read(room.id, lastSeq)
  }, [isAtEnd, isLooking, lastSeq, readSeq, live, room.id])
}

/** How many messages of others arrived since the end was last visible. */
function useMissed(isAtEnd: boolean, seqs: readonly { seq: number; authorId: string }[], myId: string): number {
  const seen = useRef(0)
  const last = seqs.at(-1)?.seq ?? 0
  if (isAtEnd || seen.current === 0) seen.current = Math.max(seen.current, last)
  return seqs.filter(({ seq, authorId }) => seq > seen.current && authorId !== myId).length
}

interface Arrival {
  readonly at: number | undefined
  /** The message does not exist on the screen until the range around it has loaded. */
  readonly isThere: boolean
  readonly lastCmid: string | undefined
}

/**
 * Scrolls to the user's own new message, or to the target of a link. A room with unread messages opens at the first of
 * them.
 */
function useArrival(scroll: Scroll, rows: readonly Row[], { at, isThere, lastCmid }: Arrival) {
  const found = rows.find(({ message }) => at !== undefined && message.seq >= at) ?? rows.at(-1)
  const target = at === undefined || !isThere ? undefined : found?.message
  const shown = useRef<number>(undefined)
  const isOpened = useRef(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new target scrolls
  useEffect(() => {
    if (at === undefined) {
      const firstNew = rows.find(({ isFirstNew }) => isFirstNew)
      if (!isOpened.current && firstNew !== undefined) scroll.toMessage(firstNew.message.id, 'new')
      shown.current = undefined
    } else if (shown.current !== at && target !== undefined && scroll.toMessage(target.id, 'found')) shown.current = at
    isOpened.current = true
  }, [at, target?.id])
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each message of the user
  useEffect(() => {
    if (lastCmid !== undefined) scroll.toEnd()
  }, [lastCmid])
  return target
}

function Line({ row, isMarked }: { row: Row; isMarked: boolean }) {
  const t = useT()
  const { message, day, isFirstNew, isGroupStart, isGroupEnd } = row
  return (
    <>
      {day === undefined ? null : <DayLine day={day} />}
      {isFirstNew ? (
        <div className={classes.newLine}>
          <span>{t('chat.new-messages')}</span>
        </div>
      ) : null}
      <MessageRow message={message} isGroupStart={isGroupStart} isGroupEnd={isGroupEnd} isMarked={isMarked} />
    </>
  )
}

/** The rows on the screen, and the unsent messages after them. */
function useRows() {
  const { timeZone } = useLocale()
  const open = useOpenRoom()
  const view = useRoomView(open.store)
  const timeline = useTimeline(view)
  // The position of the line is fixed when the room is opened; reading must not move it.
  const [readSeq] = useState(() => open.room.membership?.readSeq ?? Number.POSITIVE_INFINITY)
  const rows = useMemo(
    () => rowsOf(timeline, { userId: open.myId, timeZone, readSeq }),
    [timeline, open.myId, timeZone, readSeq],
  )
  const isSaid = (cmid: string) => timeline.some(each => each.cmid === cmid)
  const waiting = view.pending.filter(({ threadId, cmid }) => threadId === null && !isSaid(cmid))
  return { open, view, timeline, rows, waiting, isAtPresent: view.log.toSeq === Number.POSITIVE_INFINITY }
}

function Edge({ isBusy }: { isBusy: boolean }) {
  return <div className={classes.edge}>{isBusy ? <Loader size="sm" /> : null}</div>
}

export function MessageLog({ at, onPresent, empty }: MessageLogProps) {
  const t = useT()
  const { open, view, timeline, rows, waiting, isAtPresent } = useRows()
  const box = useRef<HTMLDivElement>(null)
  const scroll = useScroll(box, {
    content: `${rows.length} ${waiting.length} ${rows[0]?.message.id}`,
    isAtPresent,
    onNearTop: () => void open.store.loadOlder(),
    onNearBottom: () => void open.store.loadNewer(),
  })
  useReading(scroll.isAtEnd, timeline.at(-1)?.seq ?? 0)
  const missed = useMissed(scroll.isAtEnd, timeline, open.myId)
  const onKeyDown = useRowKeys()
  const lastCmid = waiting.at(-1)?.cmid
  const isThere = at !== undefined && at >= view.log.fromSeq && at <= view.log.toSeq
  const target = useArrival(scroll, rows, { at, isThere, lastCmid })

  async function jumpToPresent(): Promise<void> {
    onPresent()
    await open.store.showPresent().catch(() => undefined)
    requestAnimationFrame(() => scroll.toEnd())
  }
  return (
    <div className={classes.logFrame}>
      <div
        ref={box}
        className={classes.log}
        onScroll={scroll.onScroll}
        onKeyDown={onKeyDown}
        role="log"
        aria-label={t('chat.messages')}
        aria-live="polite"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard
        tabIndex={0}
      >
        <div className={classes.rows}>
          {view.log.fromSeq === 0 ? empty : <Edge isBusy={view.isLoadingOlder} />}
          {rows.map(row => (
            <Line key={row.message.id} row={row} isMarked={row.message.id === target?.id} />
          ))}
          {isAtPresent ? waiting.map(each => <PendingRow key={each.cmid} pending={each} />) : null}
          {isAtPresent ? null : <Edge isBusy={view.isLoadingNewer} />}
        </div>
      </div>
      {scroll.isAtEnd ? null : (
        <Button
          className={classes.toPresent}
          variant={missed > 0 ? 'filled' : 'default'}
          leftSection={<IconArrowDown size={16} stroke={1.75} />}
          onClick={() => void jumpToPresent()}
        >
          {missed > 0 ? t('chat.missed', { n: missed }) : t('chat.to-present')}
        </Button>
      )}
    </div>
  )
}
