/** What a web page says about itself. Pure; takes time in proportion to the page, whatever it holds. */
import { decodePage } from './charset.ts'
import { readTags } from './tags.ts'

export interface PageHead {
  /** `og:title`, `twitter:title` or `<title>`, the first that is not empty. */
  readonly title: string | undefined
  readonly description: string
  readonly siteName: string
  /** As written; may be relative. */
  readonly image: string | undefined
  /** Address of the page's icon, as written. */
  readonly icon: string | undefined
}

/** UTF-16 units that are kept of each text. */
const charsMax = { title: 200, description: 400, siteName: 80, address: 2_000 } as const

/** Reads the head from a page's bytes. The end of the page may be missing. */
export function readPageHead(body: Uint8Array, contentType: string): PageHead {
  const meta = new Map<string, string>()
  let plainTitle: string | undefined
  let icon: string | undefined
  readTags(decodePage(body, contentType), {
    tag(name, attributes) {
      if (name === 'link') {
        if (isIcon(attributes.get('rel'))) icon ??= addressOf(attributes.get('href'))
        return
      }
      const key = name === 'meta' ? (attributes.get('property') ?? attributes.get('name'))?.toLowerCase() : undefined
      const content = attributes.get('content')
      if (key !== undefined && wanted.has(key) && content !== undefined && !meta.has(key)) meta.set(key, content)
    },
    title(text) {
      plainTitle ??= text
    },
  })
  const texts = [meta.get('og:title'), meta.get('twitter:title'), plainTitle]
  const title = texts.map(text => oneLine(text, charsMax.title)).find(text => text !== '')
  return {
    title,
    description: oneLine(meta.get('og:description') ?? meta.get('description'), charsMax.description),
    siteName: oneLine(meta.get('og:site_name'), charsMax.siteName),
    image: addressOf(meta.get('og:image') ?? meta.get('twitter:image')),
    icon,
  }
}

const wanted: ReadonlySet<string> = new Set([
  'og:title',
  'twitter:title',
  'og:description',
  'description',
  'og:site_name',
  'og:image',
  'twitter:image',
])

function isIcon(rel: string | undefined): boolean {
  return rel?.toLowerCase().split(/\s+/, 10).includes('icon') ?? false
}

function addressOf(text: string | undefined): string | undefined {
  const address = text?.trim()
  return address === undefined || address === '' || address.length > charsMax.address ? undefined : address
}

/** One line without characters that are invisible or turn the text around them over; joiners hold emoji together. */
function oneLine(text: string | undefined, charsMax: number): string {
  return (text ?? '')
    .replace(/[^\P{Cf}\u200c\u200d]/gu, '')
    .replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .slice(0, charsMax)
    .toWellFormed()
    .replace(/\ufffd$/, '')
    .trim()
}
