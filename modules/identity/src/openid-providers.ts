/** The providers the operator configured, discovered when first used. */
import * as openid from 'openid-client'

export interface ProviderSettings {
  readonly name: string
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
}

export interface Provider extends ProviderSettings {
  /** Throws when the provider cannot be reached; the next call tries again. */
  configuration(): Promise<openid.Configuration>
}

const timeoutSeconds = 8

/** Nothing is asked of a provider before somebody signs in with it. An http issuer must be on this machine. */
export function createProviders(settings: readonly ProviderSettings[]): ReadonlyMap<string, Provider> {
  return new Map(settings.map(one => [one.name, createProvider(one)]))
}

function createProvider(settings: ProviderSettings): Provider {
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
