import { commonProblem } from '@octet/contracts'
import * as openid from 'openid-client'
import type { IdentityContext } from '../context.ts'
import { newCookieValue } from '../sessions/cookie.ts'
import type { Provider } from './openid-providers.ts'
import { safeReturnPath } from './return-path.ts'
import { insertFlow } from './store.ts'

export interface Away {
  readonly url: string
  /** The browser's part of the flow, for a cookie. */
  readonly flow: string
}

/** Starts the code flow with PKCE (S256), state and nonce. The server's part is sealed in a row. */
export async function startProvider(
  ctx: IdentityContext,
  input: { provider: string; returnTo?: string; linkTo?: { userId: string; sessionId: string } },
): Promise<Away> {
  const provider = ctx.providers.get(input.provider)
  if (provider === undefined) throw commonProblem('not-found')
  const configuration = await provider.configuration().catch(cause => {
    throw commonProblem('unavailable', { detail: 'The provider cannot be reached.', executed: 'no', cause })
  })
  const verifier = openid.randomPKCECodeVerifier()
  const secrets = { state: openid.randomState(), nonce: openid.randomNonce(), verifier }
  const { value: flow, hash: flowHash } = newCookieValue()
  await insertFlow(ctx.db, {
    flowHash,
    provider: provider.name,
    secrets: ctx.secrets.seal(JSON.stringify(secrets), `openid flow ${flowHash.toString('hex')}`),
    returnPath: safeReturnPath(input.returnTo, ctx.origin),
    userId: input.linkTo?.userId ?? null,
    sessionId: input.linkTo?.sessionId ?? null,
  })
  const url = openid.buildAuthorizationUrl(configuration, {
    redirect_uri: callbackOf(ctx.origin, provider),
    scope: 'openid email profile',
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state: secrets.state,
    nonce: secrets.nonce,
  })
  return { url: url.href, flow }
}

/** The callback address. It must be registered at the provider exactly. */
export function callbackOf(origin: string, { name }: Pick<Provider, 'name'>): string {
  return `${origin}/auth/callback/${name}`
}
