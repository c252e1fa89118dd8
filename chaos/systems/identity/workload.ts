/** Clients that refresh their tokens, sign out, and keep trying with revoked tokens. */
import type { Call } from '../../history/history.ts'
import type { Workload, World } from '../workload.ts'
import { attemptPauseMs, type Session, sessionOf, signUp } from './sign-up.ts'

const attemptsMax = 40

export const identityWorkload: Workload = {
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

/** Exchanges the refresh token. Without an answer the same token is tried again, however often that takes. */
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

/** Signs out, then tries the token until a little after it must be refused. */
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
