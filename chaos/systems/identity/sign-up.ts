/** A new account with a session: every workload needs one. */
import type { Call } from '../../history/history.ts'
import type { World } from '../workload.ts'

/** Part of every password: a log that contains it contains a password. */
export const passwordCanary = 'canary-7f3a'

export interface Session {
  readonly name: string
  token: string
  refreshToken: string
}

const attemptsMax = 40
export const attemptPauseMs = 250
let accounts = 0

/** Registers an account, repeating the request under one key. Throws when no attempt is answered. */
export async function signUp(world: World): Promise<Session> {
  // Digits only and always the same length: names that look alike (l and 1, o and 0) count as one name.
  const username = `p${world.run}${String(accounts++).padStart(5, '0')}`
  const body = { username, email: `${username}@example.org`, password: `${passwordCanary} correct horse ${username}` }
  const key = `register-${username}`
  let last: unknown
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const answer = await world.client.ask({
      op: 'identity.register',
      method: 'POST',
      path: '/auth/register',
      body,
      key,
      subject: username,
    })
    if (answer.kind === 'ok') return sessionOf(username, answer)
    last = answer.body
    // Only a server that lost the key rejects a name that no other client uses. O2 reports it; use another name.
    if ((answer.body as { code?: string } | undefined)?.code === 'identity.username-taken') return signUp(world)
    await new Promise(resolve => setTimeout(resolve, attemptPauseMs))
  }
  throw new Error(`${username} cannot sign up: ${JSON.stringify(last)}`)
}

/** The session in an answer with tokens. */
export function sessionOf(name: string, { body }: Call): Session {
  const { accessToken, refreshToken } = body as { accessToken: string; refreshToken: string }
  return { name, token: accessToken, refreshToken }
}
