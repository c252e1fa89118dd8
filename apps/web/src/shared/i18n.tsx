/** The language of the page: messages, and numbers and times in the user's locale and time zone. */
import { createContext, Fragment, type ReactNode, use, useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { formatMessage, type Message, type MessageValues, parseMessage } from './icu.ts'
import { en } from './messages/en.ts'
import type { MessageKey } from './messages/keys.ts'
import { useSession } from './session.ts'
import { store, stored, useStored } from './storage.ts'

export const languages = ['en', 'de'] as const
export type Language = (typeof languages)[number]
/** Each language by its own name. */
export const languageNames: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' }

export type { MessageKey }

type Messages = Readonly<Partial<Record<MessageKey, string>>>

interface LazyMessages {
  readonly default: Messages
}

/** The messages of one system, in all languages. */
export interface MessageSource {
  /** English messages of the frame and the first pages: always loaded. */
  readonly en: Messages
  /** English messages of the other pages. */
  readonly enPages?: () => Promise<LazyMessages>
  readonly de: () => Promise<LazyMessages>
}

const sources: MessageSource[] = [{ en, de: () => import('./messages/de.ts') }]
const loaded = new Map<Language, Messages>([['en', en]])
const listeners = new Set<() => void>()

function add(language: Language, messages: readonly Messages[]): void {
  loaded.set(language, Object.assign({}, loaded.get(language), ...messages))
  for (const listener of listeners) listener()
}

/** Registers the messages of the systems; called once, before a language loads. */
export function provideMessages(provided: readonly MessageSource[]): void {
  sources.push(...provided)
  add(
    'en',
    provided.map(source => source.en),
  )
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** The user's choice here, else the browser's preference, else English. */
export function preferredLanguage(): Language {
  const wanted = [stored('language') ?? '', ...navigator.languages].map(tag => tag.slice(0, 2).toLowerCase())
  return languages.find(language => wanted.find(tag => languages.some(each => each === tag)) === language) ?? 'en'
}

/** Loads the messages of a language once; English of the first pages is always loaded. */
export async function loadLanguage(language: Language): Promise<void> {
  if (loaded.has(language)) return
  const parts = await Promise.all(sources.map(source => source.de()))
  add(
    'de',
    parts.map(part => part.default),
  )
}

let isWhole = false

/** Loads the messages of the other pages, which other languages load with the rest. */
export async function loadPageWords(): Promise<void> {
  if (isWhole || preferredLanguage() !== 'en') return
  const parts = await Promise.all(sources.map(source => source.enPages?.()))
  isWhole = true
  add(
    'en',
    parts.flatMap(part => part?.default ?? []),
  )
}

/** Whether an English message with this key has loaded. */
export function hasWords(key: string): key is MessageKey {
  return key in (loaded.get('en') ?? {})
}

export function chooseLanguage(language: Language | null): void {
  store('language', language)
}

const parsed = new Map<string, Message>()

function messageOf(text: string): Message {
  const known = parsed.get(text)
  if (known !== undefined) return known
  const message = parseMessage(text)
  parsed.set(text, message)
  return message
}

export type Translate = (key: MessageKey, values?: MessageValues) => string
export type RichTags = Readonly<Record<string, (children: ReactNode) => ReactNode>>

export interface Locale {
  readonly language: Language
  /** A BCP 47 tag for `Intl`: the language, with the browser's region if its language agrees. */
  readonly tag: string
  /** An IANA name: the user's preference, or the browser's time zone. */
  readonly timeZone: string
  readonly t: Translate
  /** A message whose tags become elements: `rich('a.b', {}, {link: text => <a href="/">{text}</a>})`. */
  readonly rich: (key: MessageKey, values: MessageValues, tags: RichTags) => ReactNode
}

function localeTag(language: Language): string {
  return navigator.languages.find(tag => tag.toLowerCase().startsWith(language)) ?? language
}

/** A message that has not loaded yet is empty, and appears when it has loaded. */
function wordsFor(messages: Messages, key: MessageKey): Message {
  const text = messages[key]
  if (text === undefined) loadPageWords().catch(() => undefined)
  return messageOf(text ?? '')
}

function localeOf(language: Language, timeZone: string, messages: Messages): Locale {
  const tag = localeTag(language)
  const plain = { locale: tag, timeZone, tag: (_name: string, children: readonly string[]) => children.join('') }
  return {
    language,
    tag,
    timeZone,
    t: (key, values = {}) => formatMessage<string>(wordsFor(messages, key), { ...plain, values }).join(''),
    rich: (key, values, tags) => {
      const element = (name: string, children: readonly ReactNode[]) => tags[name]?.(children) ?? children
      const parts = formatMessage<ReactNode>(wordsFor(messages, key), { ...plain, values, tag: element })
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a message never change their order
      return parts.map((part, index) => <Fragment key={index}>{part}</Fragment>)
    },
  }
}

const browserTimeZone = new Intl.DateTimeFormat().resolvedOptions().timeZone
const LocaleContext = createContext<Locale | undefined>(undefined)

/** Must be inside the session provider. Shows the old language until the new one has loaded. */
export function LocaleProvider({ children }: { children: ReactNode }) {
  const { user } = useSession()
  useStored('language')
  const wanted = preferredLanguage()
  const [language, setLanguage] = useState(wanted)
  useEffect(() => {
    let isCurrent = true
    const show = () => isCurrent && setLanguage(wanted)
    // When the browser is offline, keep the current language.
    loadLanguage(wanted).then(show, () => undefined)
    return () => {
      isCurrent = false
    }
  }, [wanted])
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  const timeZone = user?.preferences.timeZone ?? browserTimeZone
  const messages = useSyncExternalStore(subscribe, () => loaded.get(language) ?? en)
  const locale = useMemo(() => localeOf(language, timeZone, messages), [language, timeZone, messages])
  return <LocaleContext value={locale}>{children}</LocaleContext>
}

export function useLocale(): Locale {
  const locale = use(LocaleContext)
  if (locale === undefined) throw new Error('useLocale needs LocaleProvider above it')
  return locale
}

export function useT(): Translate {
  return useLocale().t
}
