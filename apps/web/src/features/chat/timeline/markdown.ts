/**
 * Parses the markdown of messages into a syntax tree. Unknown syntax stays text; there is no HTML at any point. The
 * time is linear in the length of the text: every scan looks ahead a bounded distance, and nesting is bounded.
 */

export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'strong' | 'em' | 'del'; readonly children: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'link'; readonly href: string; readonly children: readonly Inline[] }
  | { readonly kind: 'mention'; readonly userId: string }
  | { readonly kind: 'break' }

export type Block =
  | { readonly kind: 'paragraph' | 'heading'; readonly children: readonly Inline[] }
  | { readonly kind: 'code'; readonly language: string; readonly text: string }
  | { readonly kind: 'quote'; readonly children: readonly Block[] }
  | { readonly kind: 'list'; readonly start: number | null; readonly items: readonly (readonly Inline[])[] }

const depthMax = 6
/** How far ahead the parser looks for a closing mark. */
const reach = 2_000

const mention = /^<@([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})>/
const address = /^(?:https?:\/\/|mailto:)[^\s<>"'`\u202a-\u202e\u2066-\u2069]{1,2000}/i
const marks = [
  ['**', 'strong'],
  ['__', 'strong'],
  ['~~', 'del'],
  ['*', 'em'],
  ['_', 'em'],
] as const
const special = /[\\`*_~<[\nhHmM]/g

/** The address if it is safe to link to, else undefined: web pages and mail addresses, no scripts. */
function safeHref(text: string): string | undefined {
  if (!address.test(text)) return undefined
  try {
    const url = new URL(text)
    return ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : undefined
  } catch {
    return undefined
  }
}

interface Found {
  readonly node: Inline
  readonly length: number
}

const isWord = (char: string | undefined) => char !== undefined && /[\p{L}\p{N}_]/u.test(char)
const isBlank = (char: string | undefined) => char === undefined || /\s/.test(char)

function findCode(rest: string): Found | undefined {
  const fence = /^`{1,8}/.exec(rest)?.[0]
  if (fence === undefined) return undefined
  const end = rest.slice(0, reach).indexOf(fence, fence.length)
  if (end < 0) return undefined
  return { node: { kind: 'code', text: rest.slice(fence.length, end).trim() || ' ' }, length: end + fence.length }
}

/**
 * A bare address. It excludes the punctuation that ends the sentence, and the closing bracket of an earlier opening
 * one.
 */
function findAddress(rest: string, before: string | undefined): Found | undefined {
  if (isWord(before)) return undefined
  let text = address.exec(rest)?.[0]
  if (text === undefined) return undefined
  text = text.replace(/[.,;:!?*_~]+$/, '')
  if (text.endsWith(')') && !text.includes('(')) text = text.replace(/\)+[.,;:!?]*$/, '')
  const href = safeHref(text)
  return href === undefined
    ? undefined
    : { node: { kind: 'link', href, children: [{ kind: 'text', text }] }, length: text.length }
}

function findLink(rest: string, depth: number): Found | undefined {
  const match =
    /^\[([^\]\n]{1,500})\]\(\s{0,3}<?([^\s()<>]{1,2000}(?:\([^\s()<>]{0,200}\)[^\s()<>]{0,200})?)>?\s{0,3}\)/.exec(rest)
  const href = match?.[2] === undefined ? undefined : safeHref(match[2])
  if (match?.[1] === undefined || href === undefined) return undefined
  const children = parseInline(match[1], depth + 1).filter(({ kind }) => kind !== 'link')
  return children.length === 0 ? undefined : { node: { kind: 'link', href, children }, length: match[0].length }
}

function findMarked(rest: string, before: string | undefined, depth: number): Found | undefined {
  for (const [mark, kind] of marks) {
    if (!rest.startsWith(mark)) continue
    // Inside a word an underscore is a letter: snake_case stays as it is.
    if (mark.startsWith('_') && isWord(before)) return undefined
    if (isBlank(rest[mark.length])) continue
    const end = closing(rest.slice(0, reach), mark)
    if (end > 0) {
      const children = parseInline(rest.slice(mark.length, end), depth + 1)
      return { node: { kind, children }, length: end + mark.length }
    }
  }
  return undefined
}

function closing(rest: string, mark: string): number {
  for (let end = rest.indexOf(mark, mark.length + 1); end > 0; end = rest.indexOf(mark, end + 1)) {
    const after = rest[end + mark.length]
    const isPartOfLonger = mark.length === 1 && (after === mark || rest[end - 1] === mark)
    if (isBlank(rest[end - 1]) || isPartOfLonger || (mark.startsWith('_') && isWord(after))) continue
    return end
  }
  return -1
}

function findAt(text: string, at: number, depth: number): Found | undefined {
  const rest = text.slice(at, at + 2 * reach)
  const before = at === 0 ? undefined : text[at - 1]
  switch (rest[0]) {
    case '\n':
      return { node: { kind: 'break' }, length: 1 }
    case '\\':
      return /^\\[\\`*_~<[\]#>-]/.test(rest) ? { node: { kind: 'text', text: rest[1] ?? '' }, length: 2 } : undefined
    case '`':
      return findCode(rest)
    case '<': {
      const userId = mention.exec(rest)?.[1]
      return userId === undefined ? undefined : { node: { kind: 'mention', userId }, length: userId.length + 3 }
    }
    case '[':
      return depth < depthMax ? findLink(rest, depth) : undefined
    case '*':
    case '_':
    case '~':
      return depth < depthMax ? findMarked(rest, before, depth) : undefined
    default:
      return findAddress(rest, before)
  }
}

/** Parses the content of a paragraph. */
function parseInline(text: string, depth = 0): readonly Inline[] {
  const nodes: Inline[] = []
  let plainFrom = 0
  /** Marks without a partner; a long run of them is not searched repeatedly. */
  let fruitless = 0
  const flush = (to: number) => {
    if (to > plainFrom) nodes.push({ kind: 'text', text: text.slice(plainFrom, to) })
  }
  special.lastIndex = 0
  let at = text.search(special)
  while (at >= 0 && at < text.length) {
    const found = fruitless < 200 || text[at] === '\n' ? findAt(text, at, depth) : undefined
    if (found === undefined) fruitless += /[hHmM]/.test(text[at] ?? '') ? 0 : 1
    else {
      flush(at)
      nodes.push(found.node)
      plainFrom = at + found.length
    }
    special.lastIndex = found === undefined ? at + 1 : plainFrom
    at = special.exec(text)?.index ?? -1
  }
  flush(text.length)
  return nodes
}

const item = /^\s{0,3}(?:[-*+]|(\d{1,9})[.)])\s+(.*)$/
const fence = /^\s{0,3}(`{3,}|~{3,})\s*([\w+#.-]{0,30})[^`]*$/

interface Lines {
  readonly all: readonly string[]
  at: number
}

function readFence(lines: Lines, mark: string, language: string): Block {
  const text: string[] = []
  lines.at += 1
  for (; lines.at < lines.all.length; lines.at++) {
    const line = lines.all[lines.at] ?? ''
    if (line.trim().startsWith(mark) && line.trim().replaceAll(mark[0] ?? '', '') === '') break
    text.push(line)
  }
  lines.at += 1
  return { kind: 'code', language, text: text.join('\n') }
}

function takeWhile(lines: Lines, isPart: (line: string) => boolean): string[] {
  const taken: string[] = []
  for (; lines.at < lines.all.length && isPart(lines.all[lines.at] ?? ''); lines.at++)
    taken.push(lines.all[lines.at] ?? '')
  return taken
}

function readList(lines: Lines): Block {
  const first = item.exec(lines.all[lines.at] ?? '')
  const isOrdered = first?.[1] !== undefined
  const isSame = (line: string) => {
    const match = item.exec(line)
    return match !== null && (match[1] !== undefined) === isOrdered
  }
  const items = takeWhile(lines, isSame).map(line => parseInline(item.exec(line)?.[2] ?? ''))
  return { kind: 'list', start: isOrdered ? Number(first[1]) : null, items }
}

const isPlain = (line: string) => line.trim() !== '' && !/^\s{0,3}>/.test(line) && !fence.test(line) && !item.test(line)

/** Parses a whole message. */
export function parseMarkdown(text: string, depth = 0): readonly Block[] {
  const lines: Lines = { all: text.replace(/\r\n?/g, '\n').split('\n'), at: 0 }
  const blocks: Block[] = []
  while (lines.at < lines.all.length) {
    const line = lines.all[lines.at] ?? ''
    const fenced = fence.exec(line)
    if (line.trim() === '') lines.at += 1
    else if (fenced !== null) blocks.push(readFence(lines, fenced[1] ?? '', fenced[2] ?? ''))
    else if (/^\s{0,3}>/.test(line) && depth < depthMax) {
      const quoted = takeWhile(lines, each => /^\s{0,3}>/.test(each)).map(each => each.replace(/^\s{0,3}> ?/, ''))
      blocks.push({ kind: 'quote', children: parseMarkdown(quoted.join('\n'), depth + 1) })
    } else if (item.test(line)) blocks.push(readList(lines))
    else if (/^#{1,6}\s+\S/.test(line)) {
      blocks.push({ kind: 'heading', children: parseInline(line.replace(/^#{1,6}\s+/, '')) })
      lines.at += 1
    } else {
      lines.at += 1
      const rest = takeWhile(lines, each => isPlain(each) && !/^#{1,6}\s+\S/.test(each))
      blocks.push({ kind: 'paragraph', children: parseInline([line, ...rest].join('\n')) })
    }
  }
  return blocks
}

function inlineText(nodes: readonly Inline[], nameOf: (userId: string) => string): string {
  return nodes
    .map(node => {
      if (node.kind === 'text' || node.kind === 'code') return node.text
      if (node.kind === 'break') return ' '
      return node.kind === 'mention' ? `@${nameOf(node.userId)}` : inlineText(node.children, nameOf)
    })
    .join('')
}

/** The message in one line, for quotes, lists and screen readers. */
export function plainText(text: string, nameOf: (userId: string) => string): string {
  const blockText = (block: Block): string => {
    if (block.kind === 'code') return block.text
    if (block.kind === 'quote') return block.children.map(blockText).join(' ')
    if (block.kind === 'list') return block.items.map(each => inlineText(each, nameOf)).join(' ')
    return inlineText(block.children, nameOf)
  }
  return parseMarkdown(text.slice(0, 600)).map(blockText).join(' ').replace(/\s+/g, ' ').trim()
}
