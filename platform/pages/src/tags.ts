/** The tags of a page in their order, without building a document: time and memory stay in proportion to the page. */
import { Tokenizer, type TokenizerCallbacks } from 'htmlparser2'

export interface TagHandler {
  /** An opening tag outside of SVG. Names are in lower case; the first of two attributes alike counts. */
  tag(name: string, attributes: ReadonlyMap<string, string>): void
  /** The content of a `<title>` outside of SVG. */
  title(text: string): void
}

/** Attributes of one tag that are looked at; real pages have a handful. */
const attributesMax = 50
const valueCharsMax = 4_000
const titleCharsMax = 10_000
/** Tags by which a parser leaves SVG although it was never closed (HTML, 13.2.6.5). */
const leavesSvg: ReadonlySet<string> = new Set(['body', 'div', 'head', 'meta', 'p'])

/**
 * Calls `handler` for each tag. Uses the tokenizer and not htmlparser2's parser: the parser searches its stack of open
 * elements at every closing tag, which is quadratic for a page made to be slow.
 */
export function readTags(html: string, handler: TagHandler): void {
  const tokenizer = new Tokenizer({ decodeEntities: true }, createCallbacks(html, handler))
  tokenizer.write(html)
  tokenizer.end()
}

function createCallbacks(html: string, handler: TagHandler): TokenizerCallbacks {
  let name = ''
  let attribute = ''
  let value = ''
  let attributes = new Map<string, string>()
  let svgDepth = 0
  /** The content so far, while the tokenizer is inside a title. */
  let title: string | undefined

  const addText = (text: string) => {
    if (title !== undefined && title.length < titleCharsMax) title += text.slice(0, titleCharsMax)
  }
  const addValue = (text: string) => {
    if (value.length < valueCharsMax) value += text.slice(0, valueCharsMax)
  }
  const endTag = (isSelfClosing: boolean) => {
    if (leavesSvg.has(name)) svgDepth = 0
    if (name === 'svg' && !isSelfClosing) svgDepth++
    if (svgDepth > 0) return
    handler.tag(name, attributes)
    if (name === 'title') title = ''
  }
  const nothing = () => undefined
  return {
    onopentagname(start, end) {
      name = html.slice(start, end).toLowerCase()
      attributes = new Map()
    },
    onattribname(start, end) {
      attribute = html.slice(start, Math.min(end, start + 100)).toLowerCase()
      value = ''
    },
    onattribdata: (start, end) => addValue(html.slice(start, end)),
    onattribentity: codepoint => addValue(String.fromCodePoint(codepoint)),
    onattribend() {
      if (attributes.size < attributesMax && !attributes.has(attribute)) attributes.set(attribute, value)
    },
    onopentagend: () => endTag(false),
    onselfclosingtag: () => endTag(true),
    ontext: (start, end) => addText(html.slice(start, end)),
    ontextentity: codepoint => addText(String.fromCodePoint(codepoint)),
    onclosetag(start, end) {
      const closed = html.slice(start, Math.min(end, start + 10)).toLowerCase()
      if (closed === 'svg') svgDepth = Math.max(0, svgDepth - 1)
      if (closed !== 'title' || title === undefined) return
      handler.title(title)
      title = undefined
    },
    isInForeignContext: () => svgDepth > 0,
    oncdata: nothing,
    oncomment: nothing,
    ondeclaration: nothing,
    onprocessinginstruction: nothing,
    onend: nothing,
  }
}
