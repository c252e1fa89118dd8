/** The composer: Enter sends, Shift-Enter breaks the line, ↑ in the empty field edits the user's last message. */

import { ActionIcon, Textarea } from '@mantine/core'
import { messageFilesMax } from '@octet/contracts/chat'
import { IconPaperclip, IconSend2, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import {
  type KeyboardEvent,
  lazy,
  type RefObject,
  Suspense,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import { useT } from '../../../shared/i18n.tsx'
import { showToast } from '../../../shared/toasts.ts'
import { Avatar } from '../../../shared/ui/avatar.tsx'
import { chatSettingsQuery } from '../attention/chat-settings.ts'
import { attachmentsOf } from '../files/attachments.ts'
import { useIncomingFiles } from '../files/use-incoming-files.ts'
import { limits } from '../limits.ts'
import { useOpenRoom } from '../rooms/room-context.ts'
import { personName } from '../rooms/room-name.ts'
import type { KnownMessage, Person } from '../streams/room-log.ts'
import { plainText } from '../timeline/markdown.ts'
import classes from './composer.module.css'
import { keepRoomDraft, readRoomDraft } from './draft.ts'
import { EmojiButton } from './emoji-button.tsx'
import { candidates, type Naming, named, namingAt, withIds } from './mentions.ts'

const AttachmentTray = lazy(() => import('../files/attachment-tray.tsx'))

/** Encryption makes texts longer; this many bytes always fit. */
const sealedBytesMax = 5_000

function fits(body: string, isEncrypted: boolean): boolean {
  return body.length <= limits.body.max && (!isEncrypted || new TextEncoder().encode(body).length <= sealedBytesMax)
}
const suggestionsMax = 6
const isTouch = matchMedia('(pointer: coarse)').matches

export interface ComposerProps {
  readonly label: string
  readonly threadId?: string
  readonly people: readonly Person[]
  readonly replyTo?: KnownMessage | undefined
  readonly onReplyDone?: () => void
  readonly onEditLast?: () => void
  readonly onSent?: () => void
  /** Lets other components focus the field. */
  readonly field?: RefObject<HTMLTextAreaElement | null>
}

/** The initial text, from the draft of the room. */
function useDraft(roomId: string, threadId: string | undefined) {
  const [text, setText] = useState(() => readRoomDraft(roomId, threadId))
  return [
    text,
    (next: string) => {
      setText(next)
      keepRoomDraft(roomId, threadId, next)
    },
  ] as const
}

function ReplyLine({ message, onDone }: { message: KnownMessage; onDone: () => void }) {
  const t = useT()
  const { nameOf } = useOpenRoom()
  return (
    <div className={classes.reply}>
      <span className="truncate">
        {t('chat.replying-to', { name: nameOf(message.authorId) })}{' '}
        <bdi className="dimmed">{plainText(message.body, nameOf).slice(0, 120)}</bdi>
      </span>
      <ActionIcon aria-label={t('chat.reply-cancel')} onClick={onDone}>
        <IconX size={16} stroke={1.75} />
      </ActionIcon>
    </div>
  )
}

interface SuggestionsProps {
  readonly id: string
  readonly found: readonly Person[]
  readonly at: number
  readonly onPick: (person: Person) => void
}

function Suggestions({ id, found, at, onPick }: SuggestionsProps) {
  const t = useT()
  return (
    <div id={id} role="listbox" aria-label={t('chat.people')} className={classes.suggestions}>
      {found.map((person, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the field handles the keys and keeps the focus
        <div
          key={person.id}
          id={`${id}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === at}
          className={classes.suggestion}
          onMouseDown={event => event.preventDefault()}
          onClick={() => onPick(person)}
        >
          <Avatar id={person.id} name={personName(person, t)} src={person.avatarUrl} size={24} />
          <bdi className="truncate">{personName(person, t)}</bdi> <span className="dimmed">@{person.username}</span>
        </div>
      ))}
    </div>
  )
}

/** The list of names at the cursor, and the selected one. */
function useNaming(field: () => HTMLTextAreaElement | null, people: readonly Person[]) {
  const [naming, setNaming] = useState<Naming | undefined>(undefined)
  const [at, setAt] = useState(0)
  const found = naming === undefined ? [] : candidates(people, naming.q, suggestionsMax)
  return {
    naming,
    found,
    at: Math.min(at, Math.max(0, found.length - 1)),
    close: () => setNaming(undefined),
    look(): void {
      const element = field()
      if (element === null) return
      setNaming(namingAt(element.value, element.selectionStart))
      setAt(0)
    },
    move: (step: number) => setAt(current => (current + step + found.length) % found.length),
  }
}

/** The files of this message; `add` is missing where files cannot be sent. */
function useAttachments(threadId: string | undefined) {
  const t = useT()
  const { room, myId } = useOpenRoom()
  const attachments = useMemo(() => attachmentsOf(myId, room.id, threadId), [myId, room.id, threadId])
  const shown = useSyncExternalStore(attachments.subscribe, attachments.get)
  function add(files: readonly File[]): void {
    if (attachments.add(files)) return
    showToast({ kind: 'failed', message: t('chat.files-max', { n: messageFilesMax }) })
  }
  return {
    attachments,
    shown,
    add: room.isEncrypted ? undefined : add,
    isReady: shown.every(({ state }) => state.kind === 'ready'),
  }
}

/** The text in the field, with everything that changes or sends it. */
function useWriting({ threadId, people, replyTo, onReplyDone, onSent, field: given }: ComposerProps) {
  const t = useT()
  const { room, live } = useOpenRoom()
  const [text, setText] = useDraft(room.id, threadId)
  const own = useRef<HTMLTextAreaElement>(null)
  const field = given ?? own
  const names = useNaming(() => field.current, people)
  const body = withIds(text.trim(), people)
  const files = useAttachments(threadId)
  const tellsTyping = useQuery(chatSettingsQuery).data?.showTyping === true
  const isTooLong = !fits(body, room.isEncrypted)
  const canSend = (body !== '' || files.shown.length > 0) && files.isReady && !isTooLong

  function put(next: string, cursor: number): void {
    setText(next)
    requestAnimationFrame(() => {
      field.current?.focus()
      field.current?.setSelectionRange(cursor, cursor)
    })
  }
  return {
    text,
    field,
    names,
    files,
    isTooLong,
    canSend,
    write(next: string): void {
      setText(next)
      if (tellsTyping) live.typing(room.id, next !== '')
      names.look()
    },
    insert(emoji: string): void {
      const at = field.current?.selectionStart ?? text.length
      put(text.slice(0, at) + emoji + text.slice(field.current?.selectionEnd ?? at), at + emoji.length)
    },
    pick(person: Person): void {
      if (names.naming === undefined) return
      const next = named(text, names.naming, person)
      put(next.text, next.cursor)
      names.close()
    },
    send(): void {
      if (!canSend) return
      const infos = files.attachments.take()
      const said = {
        body,
        ...(threadId === undefined ? {} : { threadId }),
        ...(replyTo === undefined ? {} : { replyToId: replyTo.id }),
        ...(infos.length === 0 ? {} : { fileIds: infos.map(({ id }) => id) }),
      }
      live.say(room, said).catch(() => {
        showToast({ kind: 'failed', message: t('chat.not-sealed') })
        setText(text)
      })
      live.typing(room.id, false)
      setText('')
      names.close()
      onReplyDone?.()
      onSent?.()
      field.current?.focus()
    },
  }
}

type Writing = ReturnType<typeof useWriting>

/** Handles the keys of the list of names; false when it does not handle this one. */
function onListKey(event: KeyboardEvent, { names, pick }: Writing): boolean {
  const chosen = names.found[names.at]
  if (chosen === undefined) return false
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') names.move(event.key === 'ArrowDown' ? 1 : -1)
  else if (event.key === 'Enter' || event.key === 'Tab') pick(chosen)
  else if (event.key === 'Escape') names.close()
  else return false
  event.preventDefault()
  return true
}

function useComposerKeys({ replyTo, onReplyDone, onEditLast }: ComposerProps, writing: Writing) {
  return (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || onListKey(event, writing)) return
    if (event.key === 'ArrowUp' && writing.text === '' && onEditLast !== undefined) {
      event.preventDefault()
      onEditLast()
    } else if (event.key === 'Escape' && replyTo !== undefined) onReplyDone?.()
    // On a phone the keyboard's Enter breaks the line; the button sends.
    else if (event.key === 'Enter' && !event.shiftKey && !isTouch) {
      event.preventDefault()
      writing.send()
    }
  }
}

/** Files can be selected, pasted or dropped; the button serves keyboards and touch screens. */
function FileButton({ onFiles }: { onFiles: (files: readonly File[]) => void }) {
  const t = useT()
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        data-files
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])])
          // Lets the user select the same file again.
          currentTarget.value = ''
        }}
      />
      <ActionIcon aria-label={t('chat.files-add')} title={t('chat.files-add')} onClick={() => input.current?.click()}>
        <IconPaperclip size={18} stroke={1.75} />
      </ActionIcon>
    </>
  )
}

function SendButton({ isOff, onSend }: { isOff: boolean; onSend: () => void }) {
  const t = useT()
  const label = t('chat.send')
  return (
    <ActionIcon variant="filled" color="primary" aria-label={label} title={label} disabled={isOff} onClick={onSend}>
      <IconSend2 size={18} stroke={1.75} />
    </ActionIcon>
  )
}

export function Composer(props: ComposerProps) {
  const { label, replyTo, onReplyDone } = props
  const t = useT()
  const writing = useWriting(props)
  const onKeyDown = useComposerKeys(props, writing)
  const { text, field, names, files, isTooLong } = writing
  const { room } = useOpenRoom()
  const box = useRef<HTMLDivElement>(null)
  const incoming = useIncomingFiles(box, files.add)
  const listId = useId()
  const isListOpen = names.found.length > 0
  useEffect(() => {
    if (replyTo !== undefined || !isTouch) field.current?.focus({ preventScroll: true })
  }, [replyTo, field])
  return (
    <div ref={box} className={classes.composer}>
      {isListOpen ? <Suggestions id={listId} found={names.found} at={names.at} onPick={writing.pick} /> : null}
      {replyTo === undefined ? null : <ReplyLine message={replyTo} onDone={() => onReplyDone?.()} />}
      {files.shown.length === 0 ? null : (
        <Suspense>
          <AttachmentTray
            shown={files.shown}
            attachments={files.attachments}
            onRemoved={() => field.current?.focus()}
          />
        </Suspense>
      )}
      <div className={classes.line}>
        {files.add === undefined ? null : <FileButton onFiles={files.add} />}
        <Textarea
          ref={field}
          data-composer
          className={classes.field}
          autosize
          minRows={1}
          maxRows={10}
          dir="auto"
          aria-label={label}
          placeholder={label}
          value={text}
          error={
            isTooLong ? t('chat.too-long', { max: room.isEncrypted ? sealedBytesMax : limits.body.max }) : undefined
          }
          role="combobox"
          aria-expanded={isListOpen}
          aria-autocomplete="list"
          aria-controls={isListOpen ? listId : undefined}
          aria-activedescendant={isListOpen ? `${listId}-${names.at}` : undefined}
          onChange={event => writing.write(event.currentTarget.value)}
          onBlur={names.close}
          onKeyDown={onKeyDown}
          onPaste={incoming.onPaste}
        />
        <EmojiButton label={t('chat.emoji')} onPick={writing.insert} />
        <SendButton isOff={!writing.canSend} onSend={writing.send} />
      </div>
      {incoming.isOver ? <div className={classes.drop}>{t('chat.files-drop')}</div> : null}
    </div>
  )
}
