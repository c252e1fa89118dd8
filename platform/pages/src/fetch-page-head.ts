import { type Outbound, OutboundError } from '@octet/outbound'
import { type PageHead, readPageHead } from './page-head.ts'

/** The head stands near the beginning; what comes later is not read. */
const pageBytesMax = 256 * 1024
const request = {
  headers: { accept: 'text/html', 'user-agent': 'octet-preview/1' },
  timeoutMs: 8_000,
  bodyBytesMax: pageBytesMax,
  truncate: true,
  redirectsMax: 5,
} as const

/**
 * Fetches a page and reads its head. `url` in the answer is where the page was found after redirects. `undefined` when
 * the address cannot be reached, does not answer 200, or answers with something other than HTML.
 */
export async function fetchPageHead(
  outbound: Outbound,
  url: string,
): Promise<{ readonly url: string; readonly head: PageHead } | undefined> {
  try {
    const answer = await outbound.fetch(url, request)
    const type = answer.headers['content-type'] ?? ''
    if (answer.status !== 200 || !/^\s*(text\/html|application\/xhtml\+xml)\b/i.test(type)) return undefined
    return { url: answer.url, head: readPageHead(answer.body, type) }
  } catch (error) {
    if (error instanceof OutboundError) return undefined
    throw error
  }
}
