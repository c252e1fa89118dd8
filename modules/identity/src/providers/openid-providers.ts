/** The configured providers, discovered on first use. */
import type { Floor } from '@octet/kernel'
import * as openid from 'openid-client'

export interface ProviderSettings {
  readonly name: string
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
}

export interface Provider extends ProviderSettings {
  /** Throws when the provider is unreachable. The next call tries again. */
  configuration(): Promise<openid.Configuration>
}

const timeoutSeconds = 8

type Web = Pick<Floor['outbound'], 'fetch'>

/** No request is sent before the first sign-in. An http issuer must be on this machine. */
export function createProviders(settings: readonly ProviderSettings[], web: Web): ReadonlyMap<string, Provider> {
  return new Map(settings.map(one => [one.name, createProvider(one, web)]))
}

function createProvider(settings: ProviderSettings, web: Web): Provider {
  const issuer = new URL(settings.issuer)
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(issuer.hostname)
  if (issuer.protocol !== 'https:' && !isHere) throw new Error(`${settings.issuer} must be an https address`)
  let discovered: Promise<openid.Configuration> | undefined
  return {
    ...settings,
    configuration() {
      discovered ??= openid
        .discovery(issuer, settings.clientId, settings.clientSecret, undefined, {
          timeout: timeoutSeconds,
          [openid.customFetch]: fetchFor(issuer, web),
          execute: issuer.protocol === 'http:' ? [openid.allowInsecureRequests] : [],
        })
        .catch(error => {
          discovered = undefined
          throw error
        })
      return discovered
    },
  }
}

/**
 * The operator trusts the issuer's host, wherever it is. All other hosts come from the issuer's documents (keys,
 * tokens), so they must be on the public internet (A14). Redirects are never followed.
 */
function fetchFor(issuer: URL, web: Web): openid.CustomFetch {
  return async (url, { method, headers, body, signal }) => {
    if (new URL(url).host === issuer.host) {
      return fetch(url, { method, headers, body: body as string | undefined, redirect: 'manual', signal })
    }
    const answer = await web.fetch(url, {
      method: method as 'GET' | 'POST',
      headers: Object.fromEntries(new Headers(headers)),
      ...(body === undefined || body === null ? {} : { body: String(body) }),
      ...(signal ? { signal } : {}),
    })
    const type = answer.headers['content-type'] ?? ''
    return new Response(new Uint8Array(answer.body), { status: answer.status, headers: { 'content-type': type } })
  }
}
