/**
 * The part of ICU MessageFormat that Octet's messages use: `{name}`, `{n, number}`, `{t, date}`, `{n, plural, =0 {…}
 * one {…} other {# …}}`, `{x, select, a {…} other {…}}`, and `<tag>…</tag>` for text that becomes an element. An
 * apostrophe before syntax quotes up to the next one, and `''` is an apostrophe.
 */
import { dateFormat, numberFormat, pluralRules } from './intl.ts'

export type MessageNode =
  | string
  | { readonly kind: 'value' | 'number' | 'date'; readonly name: string }
  | { readonly kind: 'hash' }
  | { readonly kind: 'plural' | 'select'; readonly name: string; readonly cases: ReadonlyMap<string, Message> }
  | { readonly kind: 'tag'; readonly name: string; readonly children: Message }
export type Message = readonly MessageNode[]

export type MessageValue = string | number | Date
export type MessageValues = Readonly<Record<string, MessageValue>>

interface Cursor {
  readonly text: string
  at: number
}

function fail(cursor: Cursor, expected: string): never {
  throw new SyntaxError(`message "${cursor.text}": expected ${expected} at ${cursor.at}`)
}

function expectText(cursor: Cursor, text: string): void {
  if (!cursor.text.startsWith(text, cursor.at)) fail(cursor, `"${text}"`)
  cursor.at += text.length
}

function skipSpace(cursor: Cursor): void {
  while (/\s/.test(cursor.text[cursor.at] ?? '')) cursor.at += 1
}

function readWord(cursor: Cursor): string {
  skipSpace(cursor)
  const word = /^[=\w-]+/.exec(cursor.text.slice(cursor.at))?.[0] ?? fail(cursor, 'a name')
  cursor.at += word.length
  skipSpace(cursor)
  return word
}

function readCases(cursor: Cursor, inPlural: boolean): ReadonlyMap<string, Message> {
  const cases = new Map<string, Message>()
  while (cursor.text[cursor.at] !== '}') {
    const key = readWord(cursor)
    expectText(cursor, '{')
    cases.set(key, readNodes(cursor, inPlural))
    expectText(cursor, '}')
    skipSpace(cursor)
  }
  if (!cases.has('other')) fail(cursor, 'the case "other"')
  return cases
}

function readArgument(cursor: Cursor, inPlural: boolean): MessageNode {
  expectText(cursor, '{')
  const name = readWord(cursor)
  if (cursor.text[cursor.at] === '}') {
    cursor.at += 1
    return { kind: 'value', name }
  }
  expectText(cursor, ',')
  const kind = readWord(cursor)
  if (kind === 'number' || kind === 'date') {
    expectText(cursor, '}')
    return { kind, name }
  }
  if (kind !== 'plural' && kind !== 'select') fail(cursor, 'number, date, plural or select')
  expectText(cursor, ',')
  skipSpace(cursor)
  const cases = readCases(cursor, inPlural || kind === 'plural')
  expectText(cursor, '}')
  return { kind, name, cases }
}

function readTag(cursor: Cursor, inPlural: boolean): MessageNode {
  expectText(cursor, '<')
  const name = readWord(cursor)
  expectText(cursor, '>')
  const children = readNodes(cursor, inPlural)
  expectText(cursor, `</${name}>`)
  return { kind: 'tag', name, children }
}

/** Reads `''` as an apostrophe, and `'{…'` as the text between the apostrophes. */
function readQuoted(cursor: Cursor): string {
  const quoted = /^'((?:''|[^'])*)(?:'|$)/.exec(cursor.text.slice(cursor.at))
  const isApostrophe = cursor.text[cursor.at + 1] === "'"
  cursor.at += isApostrophe ? 2 : (quoted?.[0].length ?? 1)
  return isApostrophe ? "'" : (quoted?.[1] ?? '').replaceAll("''", "'")
}

/** Reads until the end of the text, a closing brace or a closing tag. */
function readNodes(cursor: Cursor, inPlural: boolean): Message {
  const nodes: MessageNode[] = []
  let literal = ''
  const push = (node: MessageNode) => {
    if (literal !== '') nodes.push(literal)
    literal = ''
    nodes.push(node)
  }
  while (cursor.at < cursor.text.length) {
    const char = cursor.text[cursor.at]
    const next = cursor.text[cursor.at + 1] ?? ''
    if (char === '}' || (char === '<' && next === '/')) break
    if (char === '{') push(readArgument(cursor, inPlural))
    else if (char === '<') push(readTag(cursor, inPlural))
    else if (char === "'" && "'{}<#".includes(next) && next !== '') literal += readQuoted(cursor)
    else if (char === '#' && inPlural) {
      push({ kind: 'hash' })
      cursor.at += 1
    } else {
      literal += char
      cursor.at += 1
    }
  }
  if (literal !== '') nodes.push(literal)
  return nodes
}

/** Parses a whole message; throws a `SyntaxError` with the position. */
export function parseMessage(text: string): Message {
  const cursor: Cursor = { text, at: 0 }
  const nodes = readNodes(cursor, false)
  if (cursor.at < text.length) fail(cursor, 'the end')
  return nodes
}

/** Every argument and tag of a message, sorted; all languages must agree on them. */
export function argumentsOf(message: Message): readonly string[] {
  const names = new Set<string>()
  const visit = (nodes: Message): void => {
    for (const node of nodes) {
      if (typeof node === 'string' || node.kind === 'hash') continue
      names.add(node.kind === 'tag' ? `<${node.name}>` : node.name)
      if (node.kind === 'tag') visit(node.children)
      if (node.kind === 'plural' || node.kind === 'select') for (const each of node.cases.values()) visit(each)
    }
  }
  visit(message)
  return [...names].sort()
}

export interface FormatContext<Part> {
  readonly locale: string
  readonly timeZone: string | undefined
  readonly values: MessageValues
  /** Creates the element of a tag from its formatted children. */
  readonly tag: (name: string, children: readonly (string | Part)[]) => string | Part
}

function chosenCase(node: Extract<MessageNode, { cases: unknown }>, value: MessageValue, locale: string): Message {
  const { cases, kind } = node
  const key = kind === 'select' ? String(value) : pluralRules(locale).select(Number(value))
  return cases.get(`=${value}`) ?? cases.get(key) ?? cases.get('other') ?? []
}

/** Formats a message. A missing value appears as its name in braces: visible, but not an error. */
export function formatMessage<Part>(
  message: Message,
  context: FormatContext<Part>,
  plural?: number,
): (string | Part)[] {
  const { locale, timeZone, values } = context
  return message.flatMap((node): (string | Part)[] => {
    if (typeof node === 'string') return [node]
    if (node.kind === 'hash') return [numberFormat(locale).format(plural ?? 0)]
    if (node.kind === 'tag') return [context.tag(node.name, formatMessage(node.children, context, plural))]
    const value = values[node.name]
    if (value === undefined) return [`{${node.name}}`]
    if (node.kind === 'plural' || node.kind === 'select') {
      const within = node.kind === 'plural' ? Number(value) : plural
      return formatMessage(chosenCase(node, value, locale), context, within)
    }
    if (node.kind === 'value') return [String(value)]
    if (node.kind === 'number') return [numberFormat(locale).format(Number(value))]
    return [dateFormat(locale, { dateStyle: 'medium', timeZone }).format(new Date(value))]
  })
}
