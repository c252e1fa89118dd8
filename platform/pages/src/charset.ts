/** How the bytes of a page become text (HTML, 13.2.3). */
import { readTags } from './tags.ts'

/** Where a page may say how its text is encoded (HTML, 13.2.3.2). */
const sniffedBytes = 1_024

/** Byte order mark, then the header, then the page itself, then UTF-8. Unknown names are skipped. */
export function decodePage(body: Uint8Array, contentType: string): string {
  const labels = [byteOrderOf(body), charsetIn(contentType), charsetOfPage(body)]
  for (const label of labels) {
    const decoder = label === undefined ? undefined : decoderOf(label)
    if (decoder !== undefined) return decoder.decode(body)
  }
  return new TextDecoder('utf-8').decode(body)
}

function byteOrderOf(body: Uint8Array): string | undefined {
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) return 'utf-8'
  if (body[0] === 0xfe && body[1] === 0xff) return 'utf-16be'
  return body[0] === 0xff && body[1] === 0xfe ? 'utf-16le' : undefined
}

function charsetIn(contentType: string): string | undefined {
  return /charset\s*=\s*["']?([\w.:-]{1,40})/i.exec(contentType)?.[1]
}

function charsetOfPage(body: Uint8Array): string | undefined {
  let found: string | undefined
  const { buffer, byteOffset, byteLength } = body
  const beginning = Buffer.from(buffer, byteOffset, Math.min(byteLength, sniffedBytes)).toString('latin1')
  readTags(beginning, {
    tag(name, attributes) {
      if (name !== 'meta') return
      const isContentType = attributes.get('http-equiv')?.toLowerCase() === 'content-type'
      found ??= attributes.get('charset') ?? (isContentType ? charsetIn(attributes.get('content') ?? '') : undefined)
    },
    title: () => undefined,
  })
  // These bytes were read one by one, so whatever the page says, it is not UTF-16 (HTML, 13.2.3.2, step 16).
  return found !== undefined && /^\s*utf-?16/i.test(found) ? 'utf-8' : found
}

function decoderOf(label: string): { decode(bytes: Uint8Array): string } | undefined {
  try {
    return new TextDecoder(label)
  } catch {
    return undefined // not an encoding that the standard knows
  }
}
