import { normalHost } from '@octet/domains'
import { type LinksContext, problem } from '../context.ts'
import { refuseUrl } from './refuse-url.ts'

/** Throws `url-not-allowed` with the reason, for example that the address is a short link of this installation. */
export async function checkDestination(ctx: LinksContext, url: string, path = '/url'): Promise<void> {
  checkLength(url, path)
  let refusal: string | undefined = refuseUrl(url, ctx.origin)
  if (refusal === undefined) {
    const { hostname, pathname } = new URL(url)
    const host = pathname === '/' ? undefined : normalHost(hostname)
    if (host !== undefined && (await ctx.shortDomains.find(host)) !== null) refusal = 'leads back here'
  }
  if (refusal !== undefined) throw problem('url-not-allowed', { errors: [{ path, message: refusal }] })
}

/** With UTM parameters added; the contract bounds the input. */
const urlLengthMax = 4_096

/** Throws `url-not-allowed` for an address that has become too long. */
export function checkLength(url: string, path = '/url'): void {
  if (url.length <= urlLengthMax) return
  throw problem('url-not-allowed', { errors: [{ path, message: `is longer than ${urlLengthMax} characters` }] })
}
