/** Building blocks of identity's tests. */
import { identity, type Me } from '@octet/contracts/identity'
import { openPool } from '@octet/db'
import { type Caller, type TestApp, type TestAppOptions, testApp } from '@octet/testkit'
import type { IdentityContext, IdentityState } from '../src/context.ts'
import { identityModule } from '../src/module.ts'

export type Test = Parameters<typeof testApp>[0]

export function openIdentity(t: Test, options: Partial<TestAppOptions> = {}): Promise<TestApp> {
  return testApp(t, { modules: [identityModule], ...options })
}

export const password = 'correct horse battery staple'
let accounts = 0

/** A registration that is unique in this process. */
export function makeRegistration(username = `person_${++accounts}_x`) {
  return { username, email: `${username}@example.org`, password }
}

/** A new account with an API session. */
export async function signUp(app: TestApp, registration = makeRegistration()) {
  const tokens = await app.client(identity).register(registration)
  const caller: Caller = { token: tokens.accessToken }
  return { ...tokens, registration, caller, client: app.client(identity, caller) }
}

/** Headers of a request from our own page. */
export const fromOurPage = { 'sec-fetch-site': 'same-origin' }

export function browser(cookie: string): Caller {
  return { headers: { ...fromOurPage, cookie } }
}

/** `name=value` of the `Set-Cookie` header that sets the session's cookie, or another. */
export function cookieIn(headers: Readonly<Record<string, unknown>>, name = 'oct'): string {
  const set = [headers['set-cookie'] ?? []].flat().filter(value => String(value).startsWith(`${name}=`))
  if (set.length !== 1) throw new Error(`no single cookie ${name} was set: ${JSON.stringify(headers['set-cookie'])}`)
  return String(set[0]).split(';')[0] ?? ''
}

/** A new account with a browser session. */
export async function signUpInBrowser(app: TestApp, registration = makeRegistration()) {
  const { status, headers, body } = await app.request(identity, 'webRegister', registration, { headers: fromOurPage })
  if (status !== 201) throw new Error(`sign-up answered ${status}: ${JSON.stringify(body)}`)
  const cookie = cookieIn(headers)
  const caller = browser(cookie)
  return { me: body as Me, registration, cookie, caller, client: app.client(identity, caller) }
}

/** A context as jobs have one. */
export function contextOf(app: TestApp): IdentityContext {
  const request = { actor: { kind: 'anonymous' }, requestId: 'test', deadlineMs: 0 } as const
  return app.runtime.host.contextOf('identity', request) as unknown as IdentityContext
}

/** The module's state, for stopping its background work. */
export function stateOf(app: TestApp): IdentityState {
  return contextOf(app)
}

/** Makes an account an administrator, as an operator would. */
export async function promote(app: TestApp, userId: string): Promise<void> {
  await app.db('identity').sql`update users set roles = '{user,admin}' where id = ${userId}`
}

/** Repeats a request until the answer has this status; throws after `deadlineMs`. Returns how long it took. */
export async function untilStatus(wanted: number, deadlineMs: number, ask: () => Promise<{ status: number }>) {
  const startedMs = performance.now()
  for (;;) {
    const { status } = await ask()
    const tookMs = performance.now() - startedMs
    if (status === wanted) return tookMs
    if (tookMs > deadlineMs) throw new Error(`still ${status}, not ${wanted}, after ${Math.round(tookMs)} ms`)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

/**
 * Starts `start` while `lock` is held, releases the lock once `waiters` connections queue behind it, and returns the
 * result. Concurrent requests really meet that way. A request that must queue second awaits `came(1)`. Throws when the
 * connections do not come.
 */
export async function heldUp<T>(
  app: TestApp,
  { lock, waiters }: { lock: string; waiters: number },
  start: (came: (count: number) => Promise<void>) => Promise<T>,
): Promise<T> {
  const pool = openPool(app.databaseUrl, { schema: 'identity', connectionsMax: 1 })
  try {
    let outcome: Promise<T> | undefined
    await pool.begin(async sql => {
      await sql.unsafe(lock)
      const came = async (count: number) => {
        const deadlineMs = performance.now() + 8_000
        for (;;) {
          await sql`select pg_stat_clear_snapshot()`
          const [row] = await sql<{ waiting: number }[]>`
            select count(*)::int as waiting from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'`
          if ((row?.waiting ?? 0) >= count) return
          if (performance.now() > deadlineMs) throw new Error(`${row?.waiting} of ${count} came`)
          await new Promise(resolve => setTimeout(resolve, 10))
        }
      }
      outcome = start(came)
      await came(waiters)
    })
    return await (outcome as Promise<T>)
  } finally {
    await pool.end({ timeout: 5 })
  }
}

/** Keeps delays from ending during a slow test: running delays end in an hour. */
export async function stretchDelays(app: TestApp): Promise<void> {
  await app.db('identity').sql`
    update sign_in_attempts set open_at = clock_timestamp() + interval '1 hour' where open_at > counted_at`
}

/** The secret of an authenticator app as bytes. */
export function bytesOf(base32: string): Buffer {
  const bits = [...base32]
    .map(one => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(one).toString(2).padStart(5, '0'))
    .join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map(byte => Number.parseInt(byte, 2)))
}
