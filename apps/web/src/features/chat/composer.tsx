/** Where one writes: Enter sends, Shift-Enter breaks the line, ↑ in the empty field changes what one said last. */
import { ActionIcon, Textarea } from '@mantine/core'
import { IconSend2, IconX } from '@tabler/icons-react'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { useT } from '../../shared/i18n.tsx'
import { Avatar } from './avatar.tsx'
import classes from './composer.module.css'
import { keepRoomDraft, readRoomDraft } from './draft.ts'
import { EmojiButton } from './emoji-button.tsx'
import { plainText } from './markdown.ts'
import { candidates, type Naming, named, namingAt, withIds } from './mentions.ts'
import { useOpenRoom } from './room-context.ts'
import type { KnownMessage, Person } from './room-log.ts'
import { personName } from './room-name.ts'

const bodyMax = 8_000
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
}

/** Typed text that is kept for the room. */
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
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled in the field, which keeps the focus
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
          <Avatar id={person.id} name={personName(person, t)} size={24} />
          <bdi className="truncate">{personName(person, t)}</bdi> <span className="dimmed">@{person.username}</span>
        </div>
      ))}
    </div>
  )
}

/** The list of names under the cursor, and which one is chosen. */
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

/** The text in the field, and everything that changes it or sends it. */
function useWriting({ threadId, people, replyTo, onReplyDone, onSent }: ComposerProps) {
  const { room, live } = useOpenRoom()
  const [text, setText] = useDraft(room.id, threadId)
  const field = useRef<HTMLTextAreaElement>(null)
  const names = useNaming(() => field.current, people)
  const body = withIds(text.trim(), people)

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
    isTooLong: body.length > bodyMax,
    write(next: string): void {
      setText(next)
      live.typing(room.id, next !== '')
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
      if (body === '' || body.length > bodyMax) return
      const placed = threadId === undefined ? {} : { threadId }
      live.say(room.id, replyTo === undefined ? { body, ...placed } : { body, ...placed, replyToId: replyTo.id })
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

/** Keys of the list of names; false when they are not for it. */
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

export function Composer(props: ComposerProps) {
  const { label, replyTo, onReplyDone } = props
  const t = useT()
  const writing = useWriting(props)
  const onKeyDown = useComposerKeys(props, writing)
  const { text, field, names, isTooLong } = writing
  const listId = useId()
  const isListOpen = names.found.length > 0
  useEffect(() => {
    if (replyTo !== undefined || !isTouch) field.current?.focus({ preventScroll: true })
  }, [replyTo, field])
  return (
    <div className={classes.composer}>
      {isListOpen ? <Suggestions id={listId} found={names.found} at={names.at} onPick={writing.pick} /> : null}
      {replyTo === undefined ? null : <ReplyLine message={replyTo} onDone={() => onReplyDone?.()} />}
      <div className={classes.line}>
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
          error={isTooLong ? t('chat.too-long', { max: bodyMax }) : undefined}
          role="combobox"
          aria-expanded={isListOpen}
          aria-autocomplete="list"
          aria-controls={isListOpen ? listId : undefined}
          aria-activedescendant={isListOpen ? `${listId}-${names.at}` : undefined}
          onChange={event => writing.write(event.currentTarget.value)}
          onBlur={names.close}
          onKeyDown={onKeyDown}
        />
        <EmojiButton label={t('chat.emoji')} onPick={writing.insert} />
        <ActionIcon
          variant="filled"
          color="primary"
          aria-label={t('chat.send')}
          title={t('chat.send')}
          disabled={text.trim() === '' || isTooLong}
          onClick={writing.send}
        >
          <IconSend2 size={18} stroke={1.75} />
        </ActionIcon>
      </div>
    </div>
  )
}
