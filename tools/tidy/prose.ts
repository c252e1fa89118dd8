/** The English of the repository: comments, test titles, texts in code, documents, SQL and style sheets. */
import { type AstNode, isCode, nameOf, syntaxOf } from '../syntax.ts'
import { lineAt, oncePerFile, type SourceFile } from '../tree.ts'

export interface Prose {
  /** `title`: the title of a test. `text`: a string that a person may read. */
  readonly kind: 'title' | 'comment' | 'text' | 'document'
  readonly line: number
  /** Line breaks, comment markers and inline code are blanked, so an offset still gives the line. */
  readonly text: string
  /** The original text in the file. */
  readonly raw: string
}

const testCall = /^(test|it|describe|suite)$/
/** Catalogues and texts in other languages. */
const foreign = /(^|\/)de(\.[jt]s|\/)/
/** A string of several words. In class names, routes and identifiers no spaces separate such words. */
const severalWords = /\p{L} +\p{L}/u

/** Every piece of English in a file. */
export const proseOf = oncePerFile((file): readonly Prose[] => {
  if (foreign.test(file.path)) return []
  return isCode(file.path) ? codeProse(file) : otherProse(file)
})

/** The line of an offset into a piece of prose. */
export function lineIn({ raw, line }: Prose, offset: number): number {
  return line + lineAt(raw, offset) - 1
}

function prose(kind: Prose['kind'], line: number, raw: string): Prose {
  const blank = (found: string) => ' '.repeat(found.length)
  const text = raw
    .replace(/\n[ \t]*(\*|\/\/|--|>)?/g, blank)
    .replace(/`[^`]*`/g, found => `\`${'x'.repeat(Math.max(0, found.length - 2))}\``)
  return { kind, line, text, raw }
}

function codeProse(file: SourceFile): Prose[] {
  const syntax = syntaxOf(file)
  const pieces = commentsOf(file)
  syntax.visit((node, ancestors) => {
    const text = textOf(node, ancestors.at(-1))
    if (text === undefined) return
    const call = ancestors.findLast(({ type }) => type !== 'TemplateLiteral')
    const isTitle = call?.type === 'CallExpression' && testCall.test(nameOf(call.callee) ?? '')
    if (isTitle || severalWords.test(text))
      pieces.push(prose(isTitle ? 'title' : 'text', syntax.lineOf(node.start), text))
  })
  return pieces
}

/** Comments of a code file; consecutive line comments are one piece. */
function commentsOf(file: SourceFile): Prose[] {
  const found: { line: number; end: number; raw: string; type: string }[] = []
  for (const { type, start, end } of syntaxOf(file).comments) {
    const previous = found.at(-1)
    const raw = file.text.slice(start, end)
    const between = previous === undefined ? '' : file.text.slice(previous.end, start)
    if (previous?.type === 'Line' && type === 'Line' && /^\n[ \t]*$/.test(between)) {
      previous.raw += between + raw
      previous.end = end
    } else found.push({ line: lineAt(file.text, start), end, raw, type })
  }
  return found.map(({ line, raw }) =>
    prose(
      'comment',
      line,
      raw.replace(/^(\/\*\*?|\/\/)/, marks => ' '.repeat(marks.length)),
    ),
  )
}

/** Strings, parts of templates and texts between tags. A tagged template is another language: SQL, CSS. */
function textOf(node: AstNode, parent: AstNode | undefined): string | undefined {
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value
  if (node.type === 'JSXText') return node.value as string
  if (node.type !== 'TemplateLiteral' || parent?.type === 'TaggedTemplateExpression') return undefined
  return (node.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join('…')
}

function otherProse(file: SourceFile): Prose[] {
  if (file.path.endsWith('.md')) return [prose('document', 1, withoutCode(file.text))]
  if (/\.template$/.test(file.path)) return [prose('document', 1, file.text)]
  // Migrations are excluded: the checksum of an applied one is recorded, so even its comments cannot change.
  if (!file.path.endsWith('.css')) return []
  return [...file.text.matchAll(/\/\*[\s\S]*?\*\//g)].map(({ 0: raw, index }) =>
    prose('comment', lineAt(file.text, index), raw),
  )
}

/** Code blocks become empty lines. */
export function withoutCode(markdown: string): string {
  return markdown.replace(/^```[\s\S]*?^```/gm, block => block.replace(/[^\n]/g, ''))
}
