/** A thread beside the room: its first message, the replies, and its own composer. */
import { useEffect, useMemo, useRef } from 'react'
import { useT } from '../../../shared/i18n.tsx'
import { Composer } from '../composer/composer.tsx'
import { PanelFrame } from '../rooms/panel-frame.tsx'
import classes from '../rooms/room.module.css'
import { useOpenRoom } from '../rooms/room-context.ts'
import { withWaiting } from '../streams/outbox.ts'
import { type Person, threadOf } from '../streams/room-log.ts'
import { useRoomView } from '../streams/use-live.ts'
import { MessageRow } from './message-row.tsx'
import { PendingRow } from './pending-row.tsx'

export interface ThreadPanelProps {
  readonly rootId: string
  readonly people: readonly Person[]
  readonly onClose: () => void
}

export function ThreadPanel({ rootId, people, onClose }: ThreadPanelProps) {
  const t = useT()
  const { store, myId, canSpeak } = useOpenRoom()
  const { log, waiting, pending, status } = useRoomView(store)
  const end = useRef<HTMLDivElement>(null)
  const isReady = status.kind === 'ready'
  useEffect(() => {
    if (isReady) store.loadThread(rootId).catch(() => undefined)
  }, [store, rootId, isReady])
  const messages = useMemo(() => withWaiting(threadOf(log, rootId), waiting, myId), [log, rootId, waiting, myId])
  const unsaid = pending.filter(
    ({ threadId, cmid }) => threadId === rootId && !messages.some(each => each.cmid === cmid),
  )
  const count = messages.length + unsaid.length
  // biome-ignore lint/correctness/useExhaustiveDependencies: with every new reply
  useEffect(() => {
    end.current?.scrollIntoView({ block: 'nearest' })
  }, [count])
  return (
    <PanelFrame title={t('chat.thread')} onClose={onClose} isTall>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
      <div className={classes.panelLog} role="log" aria-label={t('chat.thread')} tabIndex={0}>
        {messages.map(message => (
          <MessageRow key={message.id} message={message} isGroupStart isGroupEnd isInThread />
        ))}
        {unsaid.map(each => (
          <PendingRow key={each.cmid} pending={each} />
        ))}
        <div ref={end} />
      </div>
      {canSpeak ? <Composer key={rootId} threadId={rootId} label={t('chat.reply-in-thread')} people={people} /> : null}
    </PanelFrame>
  )
}
