/** One message: author, time, text, quote, reactions and actions. */
import { ActionIcon, Button, Menu } from '@mantine/core'
import {
  IconArrowBackUp,
  IconDots,
  IconFlag,
  IconMessages,
  IconPencil,
  IconPin,
  IconPinnedOff,
  IconTrash,
  IconUserOff,
} from '@tabler/icons-react'
import { lazy, memo, Suspense, useEffect, useState, useSyncExternalStore } from 'react'
import { copyText } from '../../../shared/clipboard.ts'
import { useLocale, useT } from '../../../shared/i18n.tsx'
import { dateFormat } from '../../../shared/intl.ts'
import { useOfferUndo } from '../../../shared/offer-undo.ts'
import { Avatar } from '../../../shared/ui/avatar.tsx'
import { quickEmoji } from '../composer/emoji.ts'
import { EmojiButton } from '../composer/emoji-button.tsx'
import { MessageFiles } from '../files/message-files.tsx'
import { useBlockPerson } from '../members/block-person.ts'
import { editingKey } from '../rooms/editing.ts'
import { type OpenRoom, useOpenRoom } from '../rooms/room-context.ts'
import type { KnownMessage } from '../streams/room-log.ts'
import { EditBox } from './edit-box.tsx'
import { plainText } from './markdown.ts'
import classes from './message.module.css'
import { MessageBody } from './message-body.tsx'
import { MessagePreview } from './message-preview.tsx'
import { usePinMessage } from './pin-message.ts'
import { Reactions } from './reactions.tsx'
import { Receipt, reachOf } from './receipts.tsx'

const ReportDialog = lazy(() => import('./report-dialog.tsx'))

function MessageTime({ time }: { time: string }) {
  const { tag, timeZone } = useLocale()
  const at = new Date(time)
  const short = dateFormat(tag, { timeStyle: 'short', timeZone }).format(at)
  const exact = dateFormat(tag, { dateStyle: 'full', timeStyle: 'medium', timeZone }).format(at)
  return (
    <time dateTime={time} title={exact} className={classes.time}>
      {short}
    </time>
  )
}

/** The quoted message: a line that links to it. */
function Quote({ messageId, open }: { messageId: string; open: OpenRoom }) {
  const t = useT()
  const { store, nameOf, onJump } = open
  const quoted = useSyncExternalStore(store.subscribe, () => store.get().log.byId.get(messageId))
  useEffect(() => {
    store.loadMessage(messageId).catch(() => undefined)
  }, [store, messageId])
  if (quoted === undefined) return null
  const said = plainText(quoted.body, nameOf).slice(0, 140) || t('chat.files', { n: quoted.files.length })
  const words = quoted.deletedAt === null ? said : t('chat.deleted')
  return (
    <button type="button" className={classes.quote} onClick={() => onJump(quoted.seq)}>
      <span className="visually-hidden">{t('chat.in-reply-to')} </span>
      <strong>
        <bdi>{nameOf(quoted.authorId)}</bdi>
      </strong>{' '}
      <span className="truncate">
        <bdi>{words}</bdi>
      </span>
    </button>
  )
}

interface ActionsProps {
  readonly message: KnownMessage
  readonly open: OpenRoom
  readonly isInThread: boolean
  readonly onEdit: () => void
}

function useRemove(open: OpenRoom, message: KnownMessage): () => void {
  const offer = useOfferUndo()
  const { live, room } = open
  return () =>
    offer({
      id: `message-${message.id}`,
      message: t => t('chat.message-deleted'),
      run: async () => live.remove(room.id, message.id),
    })
}

interface AuthorItemsProps {
  readonly message: KnownMessage
  readonly name: string
  readonly onReport: () => void
}

/** The actions on another user's message. */
function AuthorItems({ message, name, onReport }: AuthorItemsProps) {
  const t = useT()
  const block = useBlockPerson()
  const icon = { size: 16, stroke: 1.75 }
  return (
    <>
      <Menu.Divider />
      <Menu.Item leftSection={<IconFlag {...icon} />} onClick={onReport}>
        {t('chat.report')}
      </Menu.Item>
      <Menu.Item leftSection={<IconUserOff {...icon} />} onClick={() => block.mutate({ id: message.authorId, name })}>
        {t('chat.block', { name })}
      </Menu.Item>
    </>
  )
}

function MoreMenu({ message, open, onEdit, isInThread }: ActionsProps) {
  const t = useT()
  const pin = usePinMessage(open.room.id)
  const remove = useRemove(open, message)
  const isMine = message.authorId === open.myId
  const [isReporting, setReporting] = useState(false)
  const icon = { size: 16, stroke: 1.75 }
  return (
    <>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <ActionIcon aria-label={t('chat.more')} title={t('chat.more')}>
            <IconDots size={18} stroke={1.75} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {isInThread ? null : (
            <Menu.Item leftSection={<IconMessages {...icon} />} onClick={() => open.onThread(message.id)}>
              {t('chat.thread-open')}
            </Menu.Item>
          )}
          {isMine && open.canSpeak ? (
            <Menu.Item leftSection={<IconPencil {...icon} />} onClick={onEdit}>
              {t('action.edit')}
            </Menu.Item>
          ) : null}
          {open.canModerate || open.room.kind === 'direct' ? (
            <Menu.Item
              leftSection={message.isPinned ? <IconPinnedOff {...icon} /> : <IconPin {...icon} />}
              onClick={() => pin.mutate({ messageId: message.id, on: !message.isPinned })}
            >
              {message.isPinned ? t('chat.unpin') : t('chat.pin')}
            </Menu.Item>
          ) : null}
          {message.body === '' ? null : (
            <Menu.Item onClick={() => void copyText(message.body)}>{t('chat.copy-text')}</Menu.Item>
          )}
          <Menu.Item onClick={() => void copyText(`${location.origin}/chat/${message.roomId}?at=${message.seq}`)}>
            {t('chat.copy-link')}
          </Menu.Item>
          {isMine || open.canModerate ? (
            <Menu.Item leftSection={<IconTrash {...icon} />} color="var(--octet-error)" onClick={remove}>
              {t('action.delete')}
            </Menu.Item>
          ) : null}
          {isMine ? null : (
            <AuthorItems message={message} name={open.nameOf(message.authorId)} onReport={() => setReporting(true)} />
          )}
        </Menu.Dropdown>
      </Menu>
      {isReporting ? (
        <Suspense>
          <ReportDialog message={message} onClose={() => setReporting(false)} />
        </Suspense>
      ) : null}
    </>
  )
}

function Actions(props: ActionsProps) {
  const t = useT()
  const { message, open } = props
  const react = (emoji: string) => open.live.react(open.room.id, message.id, emoji, true)
  return (
    <div
      className={classes.actions}
      role="toolbar"
      aria-label={t('chat.actions-of', { name: open.nameOf(message.authorId) })}
    >
      {open.canSpeak ? (
        <>
          {quickEmoji.slice(0, 3).map(emoji => (
            <ActionIcon
              key={emoji}
              className={classes.quick}
              aria-label={t('chat.react-with', { emoji })}
              onClick={() => react(emoji)}
            >
              {emoji}
            </ActionIcon>
          ))}
          <EmojiButton label={t('chat.react')} onPick={react} />
          <ActionIcon aria-label={t('chat.reply')} title={t('chat.reply')} onClick={() => open.onReply(message)}>
            <IconArrowBackUp size={18} stroke={1.75} />
          </ActionIcon>
        </>
      ) : null}
      <MoreMenu {...props} />
    </div>
  )
}

function ThreadLink({ message, open }: { message: KnownMessage; open: OpenRoom }) {
  const t = useT()
  if (message.replyCount === 0) return null
  return (
    <Button
      variant="subtle"
      size="xs"
      className={classes.threadLink}
      leftSection={<IconMessages size={16} stroke={1.75} />}
      onClick={() => open.onThread(message.id)}
    >
      {t('chat.replies', { n: message.replyCount })}
    </Button>
  )
}

export interface MessageRowProps {
  readonly message: KnownMessage
  readonly isGroupStart: boolean
  readonly isGroupEnd: boolean
  readonly isInThread?: boolean
  readonly isMarked?: boolean
}

function Content({ message, open }: { message: KnownMessage; open: OpenRoom }) {
  const t = useT()
  if (message.deletedAt !== null) return <p className={classes.deleted}>{t('chat.deleted')}</p>
  if (message.sealed === 'opening') return <p className={classes.deleted}>…</p>
  if (message.sealed === 'closed') return <p className={classes.deleted}>{t('chat.sealed')}</p>
  return (
    <>
      {message.body === '' ? null : <MessageBody body={message.body} nameOf={open.nameOf} myId={open.myId} />}
      <MessageFiles files={message.files} />
      <MessagePreview preview={message.preview} />
    </>
  )
}

function OwnReceipt({ seq, open }: { seq: number; open: OpenRoom }) {
  const { store, myId, nameOf } = open
  const cursors = useSyncExternalStore(store.subscribe, () => store.get().cursors)
  return <Receipt {...reachOf(seq, cursors, myId)} nameOf={nameOf} />
}

function Meta({ message, open, isGroupEnd }: { message: KnownMessage; open: OpenRoom; isGroupEnd: boolean }) {
  const t = useT()
  const isMine = message.authorId === open.myId
  return (
    <>
      {message.editedAt !== null && message.deletedAt === null ? (
        <span className={classes.mark} title={message.editedAt}>
          {t('chat.edited')}
        </span>
      ) : null}
      {message.isPinned ? (
        <span className={classes.mark}>
          <IconPin size={12} aria-hidden="true" /> {t('chat.pinned')}
        </span>
      ) : null}
      {isMine && isGroupEnd && message.deletedAt === null ? <OwnReceipt seq={message.seq} open={open} /> : null}
    </>
  )
}

export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { message, isGroupStart, isGroupEnd, isInThread = false, isMarked } = props
  const open = useOpenRoom()
  const { editing } = open
  const isEditing = useSyncExternalStore(editing.subscribe, () => editing.get() === editingKey(message.id, isInThread))
  // Menus for hundreds of messages would make typing slow, so only the message under the pointer gets one.
  const [isActive, setActive] = useState(false)
  const name = open.nameOf(message.authorId)
  const isDeleted = message.deletedAt !== null
  return (
    <article
      className={classes.row}
      data-message={message.id}
      data-seq={message.seq}
      data-start={isGroupStart || undefined}
      data-marked={isMarked || undefined}
      data-names-me={message.mentions.includes(open.myId) || undefined}
      tabIndex={-1}
      aria-label={name}
      onPointerEnter={() => setActive(true)}
      onFocus={() => setActive(true)}
    >
      <div className={classes.gutter}>
        {isGroupStart ? (
          <Avatar id={message.authorId} name={name} src={open.pictureOf(message.authorId)} />
        ) : (
          <MessageTime time={message.createdAt} />
        )}
      </div>
      <div className={classes.content}>
        {message.replyToId === null ? null : <Quote messageId={message.replyToId} open={open} />}
        {isGroupStart ? (
          <div className={classes.head}>
            <strong className="truncate">
              <bdi>{name}</bdi>
            </strong>
            <MessageTime time={message.createdAt} />
            <Meta message={message} open={open} isGroupEnd={isGroupEnd} />
          </div>
        ) : (
          <span className="visually-hidden">{name}</span>
        )}
        {isEditing && !isDeleted ? <EditBox message={message} /> : <Content message={message} open={open} />}
        <Reactions
          reactions={message.reactions}
          myId={open.myId}
          nameOf={open.nameOf}
          onReact={(emoji, on) => open.live.react(open.room.id, message.id, emoji, on)}
        />
        {isInThread ? null : <ThreadLink message={message} open={open} />}
      </div>
      {isGroupStart ? null : (
        <div className={classes.tail}>
          <Meta message={message} open={open} isGroupEnd={isGroupEnd} />
        </div>
      )}
      {isDeleted || isEditing || !isActive ? null : (
        <Actions
          message={message}
          open={open}
          isInThread={isInThread}
          onEdit={() => editing.begin(message.id, isInThread)}
        />
      )}
    </article>
  )
})
