import { randomBytes } from 'node:crypto'
import type { SecondFactorDemand } from '@octet/contracts/identity'
import { newId, type Tx } from '@octet/db'
import { asProblem } from '@octet/kernel'
import { isMailAddress } from '@octet/mail'
import * as openid from 'openid-client'
import { emailKey, isReserved, type UserRow, usernameKey, withoutInvisible } from '../account/rules.ts'
import * as store from '../account/store.ts'
import { findOwner, ownAddress } from '../address/store.ts'
import { audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'
import { registrations } from '../flags.ts'
import { cookieHash, isCookieValue } from '../sessions/cookie.ts'
import { signBrowserIn } from '../sign-in/sign-browser-in.ts'
import type { Provider } from './openid-providers.ts'
import { callbackOf } from './start-provider.ts'
import { type Flow, insertIdentity, takeFlow, useIdentity } from './store.ts'

export type Finished = { readonly path: string; readonly cookie?: string } | { readonly problem: Refusal }

type Refusal =
  | 'provider-refused'
  | 'email-taken'
  | 'provider-linked-elsewhere'
  | 'account-disabled'
  | 'registrations-off'

interface Claims {
  readonly issuer: string
  readonly subject: string
  readonly email: string | undefined
  readonly isVerified: boolean
  readonly label: string
}

/**
 * Handles the callback of a provider. Only the browser that started the flow can finish it, once. Accounts are matched
 * by issuer and subject only: an address, verified there or not, never opens an existing account.
 */
export async function finishProvider(
  ctx: IdentityContext,
  { provider: name, query, flow }: { provider: string; query: string; flow: string | undefined },
): Promise<Finished> {
  const provider = ctx.providers.get(name)
  if (provider === undefined || flow === undefined || !isCookieValue(flow)) return { problem: 'provider-refused' }
  const flowHash = cookieHash(flow)
  const known = await takeFlow(ctx.db, name, flowHash)
  if (known === undefined) return { problem: 'provider-refused' }
  const claims = await readClaims(ctx, provider, { known, flowHash, query }).catch(error => {
    ctx.log.info({ err: error, provider: name }, 'a sign-in by a provider was refused')
    return undefined
  })
  if (claims === undefined) return { problem: 'provider-refused' }
  if (known.user_id !== null) return link(ctx, provider, known, claims)
  const existing = await useIdentity(ctx.db, claims)
  if (existing === undefined && !ctx.flags.isOn(registrations)) return { problem: 'registrations-off' }
  const user = existing ?? (await createBy(ctx, provider, claims))
  if (user === undefined) return { problem: 'email-taken' }
  return signIn(ctx, user, known.return_path)
}

/**
 * Signs in and returns the next page. With a second factor enabled, this is the page that asks for it, with the
 * challenge.
 */
async function signIn(ctx: IdentityContext, user: UserRow, path: string): Promise<Finished> {
  try {
    const { cookie } = await signBrowserIn(ctx, { user, remember: true })
    return { path, cookie }
  } catch (error) {
    const { code, data } = asProblem(error)
    if (code === 'identity.account-disabled') return { problem: 'account-disabled' }
    if (code !== 'identity.second-factor-required' || data === undefined) throw error
    const { challenge, factors } = data as SecondFactorDemand
    // In the fragment, which reaches no log, server or Referer header.
    const demand = new URLSearchParams({ challenge: challenge ?? '', factors: factors.join(' '), returnTo: path })
    return { path: `/sign-in#${demand}` }
  }
}

async function readClaims(
  ctx: IdentityContext,
  provider: Provider,
  { known, flowHash, query }: { known: Flow; flowHash: Buffer; query: string },
): Promise<Claims> {
  const opened = ctx.secrets.open(known.secrets, `openid flow ${flowHash.toString('hex')}`).toString()
  const { state, nonce, verifier } = JSON.parse(opened) as Record<'state' | 'nonce' | 'verifier', string>
  const here = new URL(`${callbackOf(ctx.origin, provider)}?${query}`)
  const tokens = await openid.authorizationCodeGrant(await provider.configuration(), here, {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
  })
  const claims = tokens.claims()
  if (claims === undefined) throw new Error('the provider sent no id token')
  const email = typeof claims.email === 'string' && isMailAddress(claims.email) ? claims.email : undefined
  const label = withoutInvisible(String(email ?? claims.preferred_username ?? claims.sub)).slice(0, 200)
  return { issuer: claims.iss, subject: claims.sub, email, isVerified: claims.email_verified === true, label }
}

async function link(ctx: IdentityContext, provider: Provider, known: Flow, claims: Claims): Promise<Finished> {
  const { actor } = ctx
  // The account that started the flow is no longer signed in: nothing is linked.
  const isSame = actor.kind === 'user' && actor.userId === known.user_id && actor.sessionId === known.session_id
  if (!isSame) return { problem: 'provider-refused' }
  const { userId } = actor
  const isNew = await ctx.db.transaction('identity.linkProvider', async tx => {
    const { issuer, subject, label } = claims
    const isLinked = await insertIdentity(tx, { issuer, subject, label, userId, provider: provider.name })
    if (isLinked) await audit(ctx, tx, { userId, action: 'provider-linked', details: { provider: provider.name } })
    return isLinked
  })
  return isNew ? { path: known.return_path } : { problem: 'provider-linked-elsewhere' }
}

/**
 * Creates an account without a password; `undefined` when the address belongs to an existing account, whose owner can
 * link the provider after signing in.
 */
async function createBy(ctx: IdentityContext, provider: Provider, claims: Claims): Promise<UserRow | undefined> {
  return ctx.db.transaction('identity.createByProvider', async tx => {
    const { email, issuer, subject, label } = claims
    const id = newId()
    if (email !== undefined && (await findOwner(tx, emailKey(email), id)) !== undefined) return undefined
    await insertNamed(tx, id, email)
    await insertIdentity(tx, { issuer, subject, label, userId: id, provider: provider.name })
    if (email !== undefined && claims.isVerified) await ownAddress(tx, id, { email, emailKey: emailKey(email) })
    await tx.publish('user-registered' as never, { userId: id } as never)
    await audit(ctx, tx, { userId: id, action: 'registered', details: { provider: provider.name } })
    return store.findUser(tx, id)
  })
}

const nameTriesMax = 5

/** Derives the username from the address and appends digits until it is free. */
async function insertNamed(tx: Tx, id: string, email: string | undefined): Promise<void> {
  const base = (email?.split('@')[0] ?? '').replace(/[^a-zA-Z0-9_-]/g, '').slice(0, 20)
  for (let attempt = 0; attempt < nameTriesMax; attempt++) {
    const tail = randomBytes(4).toString('hex')
    const username = attempt === 0 && base.length >= 3 && !isReserved(base) ? base : `${base || 'user'}-${tail}`
    const isNew = await store.insertUser(tx, {
      id,
      username,
      usernameKey: usernameKey(username),
      email: email ?? null,
      emailKey: email === undefined ? null : emailKey(email),
      passwordHash: null,
      roles: ['user'],
    })
    if (isNew) return
  }
  throw new Error('no free name was found')
}
