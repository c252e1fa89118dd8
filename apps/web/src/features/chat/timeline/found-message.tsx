/** A message in a list of results: author, time, text, and a link to it. */
import type { Message } from '@octet/contracts/chat'
import { type ReactNode, useEffect } from 'react'
import { useT } from '../../../shared/i18n.tsx'
import { When } from '../../../shared/ui/when.tsx'
import classes from '../rooms/room.module.css'
import { useOpenRoom } from '../rooms/room-context.ts'
import { useRoomView } from '../streams/use-live.ts'
import { MessageBody } from './message-body.tsx'

export interface FoundMessageProps {
  readonly message: Message
  readonly author: string
  readonly marked?: readonly string[]
  readonly onOpen: () => void
  /** Shown beside the link. */
  readonly action?: ReactNode
}

export function FoundMessage({ message, author, marked = [], onOpen, action }: FoundMessageProps) {
  const t = useT()
  const { nameOf, myId, room, store } = useOpenRoom()
  const { log } = useRoomView(store)
  // Only the room can decrypt an encrypted message.
  const shown = room.isEncrypted ? log.byId.get(message.id) : message
  useEffect(() => {
    if (room.isEncrypted) void store.loadMessage(message.id)
  }, [room.isEncrypted, store, message.id])
  return (
    <div className={classes.foundMessage}>
      <div className={classes.foundHead}>
        <strong className="truncate">
          <bdi>{author}</bdi>
        </strong>
        <span className="dimmed">
          <When time={message.createdAt} />
        </span>
      </div>
      <div className={classes.foundBody}>
        {shown?.body === '' && message.files.length > 0 ? null : (
          <MessageBody body={shown?.body || '…'} nameOf={nameOf} myId={myId} marked={marked} />
        )}
        {message.files.length === 0 ? null : (
          <bdi className="dimmed">{message.files.map(({ name }) => name).join(', ')}</bdi>
        )}
      </div>
      <div className={classes.foundActions}>
        <button type="button" className={classes.foundOpen} onClick={onOpen}>
          {t('chat.show-in-room')}
        </button>
        {action}
      </div>
    </div>
  )
}
