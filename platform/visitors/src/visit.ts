/** The headers that say who visits, and how. */
import type { IncomingMessage } from 'node:http'

export interface Visit {
  /** As sent; empty when it was not. */
  readonly userAgentText: string
  readonly referrer: string | undefined
  /** A browser fetches the page before anyone asked to see it: such a visit is not counted and uses nothing up. */
  readonly isPrefetch: boolean
}

/** One pass over the headers where the parser left them. The length of a name is compared before the name is. */
export function readVisit({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>): Visit {
  let userAgentText = ''
  let referrer: string | undefined
  let purpose: string | undefined
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string
    const value = rawHeaders[index + 1] as string
    switch (name.length) {
      case 10:
        if (name.toLowerCase() === 'user-agent') userAgentText = value
        break
      case 7:
        if (name.toLowerCase() === 'referer') referrer = value
        else if (name.toLowerCase() === 'purpose') purpose ??= value
        break
      case 11:
        if (name.toLowerCase() === 'sec-purpose') purpose = value
        break
      case 5:
        if (name.toLowerCase() === 'x-moz') purpose ??= value
        break
    }
  }
  return { userAgentText, referrer, isPrefetch: purpose !== undefined && /prefetch|prerender|preview/i.test(purpose) }
}
