/** What a web page says of itself, read from its beginning without building a document. */
export interface PageFacts {
  readonly title: string
  readonly description: string
  readonly siteName: string
  /** As written; may be relative. */
  readonly image: string | undefined
}

const tagCharsMax = 2_000
const [titleMax, descriptionMax, siteMax] = [200, 400, 80]
const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

/** Open Graph first, then what search engines read. `undefined` when the page has no title. */
export function readPageFacts(html: string): PageFacts | undefined {
  const meta = new Map<string, string>()
  for (const [tag] of html.matchAll(new RegExp(`<meta\\b[^>]{0,${tagCharsMax}}>`, 'gi'))) {
    const attributes = attributesOf(tag)
    const key = (attributes.get('property') ?? attributes.get('name') ?? '').toLowerCase()
    const content = attributes.get('content')
    if (key !== '' && content !== undefined && !meta.has(key)) meta.set(key, content)
  }
  const plain = /<title\b[^>]{0,200}>([^<]{0,2000})/i.exec(html)?.[1]
  const title = clean(meta.get('og:title') ?? meta.get('twitter:title') ?? plain, titleMax)
  if (title === '') return undefined
  return {
    title,
    description: clean(meta.get('og:description') ?? meta.get('description'), descriptionMax),
    siteName: clean(meta.get('og:site_name'), siteMax),
    image: decoded(meta.get('og:image') ?? meta.get('twitter:image') ?? '').trim() || undefined,
  }
}

function attributesOf(tag: string): Map<string, string> {
  const found = tag.matchAll(/([a-z:_-]{1,40})\s{0,5}=\s{0,5}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi)
  return new Map(
    Array.from(found, ([, name = '', double, single, bare]) => [name.toLowerCase(), double ?? single ?? bare ?? '']),
  )
}

function decoded(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return named[String(name).toLowerCase()] ?? whole
    const point = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
    return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : ''
  })
}

/** One line without characters that are invisible or turn text around. */
function clean(text: string | undefined, charsMax: number): string {
  const line = decoded(text ?? '')
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(/\p{Cf}/gu, '')
    .replace(/\s+/g, ' ')
    .trim()
  return Array.from(line).slice(0, charsMax).join('')
}
