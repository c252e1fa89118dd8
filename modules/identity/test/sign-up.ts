/** Creates accounts on a running server for tests and measurements that only need an access token. */
import { identity } from '@octet/contracts/identity'
import { httpClient } from '@octet/testkit'

/** Registers a new account. Returns its access token. */
export async function signUp(origin: string): Promise<string> {
  const username = `someone-${Math.random().toString(36).slice(2, 12)}`
  const account = { username, email: `${username}@example.org`, password: 'correct horse battery staple' }
  return (await httpClient(origin).client(identity).register(account)).accessToken
}
