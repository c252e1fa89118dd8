/** Walks the whole route table as people who should not get through. */
import type { HttpApp } from '@octet/http'

export interface Callers {
  /** Bearer token of an ordinary user who owns nothing. */
  readonly stranger: string
  /** Bearer token of a signed-in user whose scopes cover no operation. */
  readonly withoutScope: string
  /** Bearer token of an administrator with every scope who proved long ago who they are. */
  readonly notFresh: string
  /** Bearer token of a signed-in user with every scope whose address was never proved. */
  readonly unverified: string
}

const anyId = '019a0000-0000-7000-8000-000000000000'

/** One sentence for every route that admits a caller its policy excludes, or refuses one it admits. */
export async function accessFindings(app: HttpApp, callers: Callers): Promise<string[]> {
  const findings: string[] = []
  for (const { method, url, access } of app.routeTable) {
    const path = url.replace(/:\w+/g, anyId).replace('*', 'x')
    const ask = async (token?: string) => {
      const headers = {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      }
      const hasBody = method === 'POST' || method === 'PUT' || method === 'PATCH'
      const answer = await app.inject({
        method: method as 'GET',
        url: path,
        headers,
        ...(hasBody ? { payload: '{}' } : {}),
      })
      return answer.statusCode
    }
    const expect = (who: string, status: number, wanted: readonly number[]) => {
      if (!wanted.includes(status)) findings.push(`${method} ${url}: ${who} got ${status}, not ${wanted.join(' or ')}`)
    }
    const anonymous = await ask()
    if ('fresh' in access && access.fresh === true) {
      expect('a caller who signed in long ago', await ask(callers.notFresh), [403])
    }
    if ('verified' in access && access.verified === true) {
      expect('an account whose address is not proved', await ask(callers.unverified), [403])
    }
    switch (access.kind) {
      case 'anyone':
        if (anonymous === 401 || anonymous === 403)
          findings.push(`${method} ${url}: open to anyone, yet an anonymous caller got ${anonymous}`)
        break
      case 'signed-in':
        expect('an anonymous caller', anonymous, [401])
        break
      case 'user':
        expect('an anonymous caller', anonymous, [401])
        expect('a token without the scope', await ask(callers.withoutScope), [403])
        break
      case 'permission':
        expect('an anonymous caller', anonymous, [401])
        expect('a user without the permission', await ask(callers.stranger), [403])
        expect('a token without the scope', await ask(callers.withoutScope), [403])
        break
      case 'service':
        expect('an anonymous caller', anonymous, [401])
        expect('a user', await ask(callers.stranger), [401])
        break
    }
  }
  return findings
}
