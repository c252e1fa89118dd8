/** People who sign up, refresh their tokens, sign out, and go on trying with what they had. */
import type { Call } from '../history/history.ts'
import type { Workload, World } from './workload.ts'

/** Stands in every password: found in a log, it gives the log away. */
export const canary = 'canary-7f3a'

export interface Session {
  readonly name: string
  token: string
  refreshToken: string
}

interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
}

const attemptsMax = 40
const attemptPauseMs = 250
let accounts = 0

export const identityWorkload: Workload = {
  name: 'identity',
  clients: 2,
  actsMin: 6,
  async prepare(world) {
    let session = await signUp(world)
    let turn = 0
    const act = async () => {
      turn++
      if (turn % 6 === 5) {
        await signOut(world, session)
        session = await signUp(world)
      } else await refresh(world, session)
      await use(world, session)
      await new Promise(resolve => setTimeout(resolve, 50))
    }
    return { act }
  },
}

/** A new account and its session, asked for under one key until there is an answer. */
export async function signUp(world: World): Promise<Session> {
  // Digits only, and as many each time: names that look alike (l and 1, o and 0) are one name.
  const username = `p${world.run}${String(accounts++).padStart(5, '0')}`
  const body = { username, email: `${username}@example.org`, password: `${canary} correct horse ${username}` }
  const key = `register-${username}`
  let last: unknown
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const ask = {
      op: 'identity.register',
      method: 'POST',
      path: '/auth/register',
      body,
      key,
      subject: username,
    } as const
    const answer = await world.client.ask(ask)
    if (answer.kind === 'ok') return sessionOf(username, answer)
    last = answer.body
    // Only a server that forgets what it did says so of a name nobody else has; O2 looks for it. Go on with another.
    if ((answer.body as { code?: string } | undefined)?.code === 'identity.username-taken') return signUp(world)
    await new Promise(resolve => setTimeout(resolve, attemptPauseMs))
  }
  throw new Error(`${username} cannot sign up: ${JSON.stringify(last)}`)
}

function sessionOf(name: string, { body }: Call): Session {
  const { accessToken, refreshToken } = body as Tokens
  return { name, token: accessToken, refreshToken }
}

/** Exchanges the token; without an answer the same one is tried again, which must work however often it was lost. */
async function refresh(world: World, session: Session): Promise<void> {
  const { refreshToken } = session
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const answer = await world.client.ask({
      op: 'identity.refresh',
      method: 'POST',
      path: '/auth/refresh',
      body: { refreshToken },
      subject: session.name,
    })
    if (answer.kind === 'ok') {
      Object.assign(session, sessionOf(session.name, answer))
      return
    }
    if (answer.status === 401) return
    await new Promise(resolve => setTimeout(resolve, attemptPauseMs))
  }
}

/** Uses the session at every server. */
async function use({ client, servers }: World, { name, token }: Session): Promise<void> {
  for (let server = 0; server < servers; server++) {
    await client.ask({ op: 'identity.use', method: 'GET', path: '/users/me', token, subject: name }, server)
  }
}

/** Signs out, and then tries the token for as long as it may still be believed, and a little longer. */
async function signOut(world: World, session: Session): Promise<void> {
  const { name: subject, token } = session
  let answer: Call
  let attempts = 0
  do {
    answer = await world.client.ask({ op: 'identity.sign-out', method: 'POST', path: '/auth/logout', token, subject })
    if (answer.kind === 'ok' || answer.status === 401) break
    await new Promise(resolve => setTimeout(resolve, attemptPauseMs))
  } while (++attempts < attemptsMax)
  const untilMs = Date.now() + 1_400
  while (Date.now() < untilMs) {
    await use(world, session)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}
