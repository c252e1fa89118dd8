/** Short links of a running server: made, requested and counted from outside, for whoever puts load on them. */
import { setTimeout as delay } from 'node:timers/promises'
import { identity } from '@octet/contracts/identity'
import { type Link, links } from '@octet/contracts/links'
import { httpClient } from './http-client.ts'

const browser = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36'
const countTimeoutMs = 20_000

/** A fresh account's access token. */
export async function signUp(origin: string): Promise<string> {
  const username = `someone-${Math.random().toString(36).slice(2, 12)}`
  const account = { username, email: `${username}@example.org`, password: 'correct horse battery staple' }
  return (await httpClient(origin).client(identity).register(account)).accessToken
}

/** `count` links of the token's owner, one made after the other. */
export async function createLinks(origin: string, token: string, count: number): Promise<Link[]> {
  const mine = httpClient(origin).client(links, { token })
  const created: Link[] = []
  for (let index = 0; index < count; index++)
    created.push(await mine.createLink({ url: `https://example.org/${index}` }))
  return created
}

/** A whole request as a person's browser sends it, less what no server looks at. */
export function getRequest(path: string, token?: string): string {
  const authorization = token === undefined ? '' : `Authorization: Bearer ${token}\r\n`
  return `GET ${path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: ${browser}\r\nAccept: */*\r\n${authorization}\r\n`
}

/**
 * Clicks of each link when all that were answered are counted. Clicks are counted in the order in which they were
 * written, so one more is made now, on a link of its own, and waited for. Throws when that takes too long.
 */
export async function countedClicks(origin: string, token: string, wanted: readonly Link[]): Promise<number[]> {
  const mine = httpClient(origin).client(links, { token })
  const clicksOf = async ({ id }: Link) => {
    const { clicks, botClicks } = await mine.getLinkStats({ id, days: 1 })
    return clicks + botClicks
  }
  const last = await mine.createLink({ url: 'https://example.org/last' })
  const answer = await fetch(`${origin}/s/${last.code}`, { redirect: 'manual' })
  if (answer.status !== 302) throw new Error(`the last click was answered ${answer.status}`)
  const deadlineMs = performance.now() + countTimeoutMs
  while ((await clicksOf(last)) === 0) {
    if (performance.now() > deadlineMs) throw new Error(`clicks were not counted within ${countTimeoutMs} ms`)
    await delay(20)
  }
  return Promise.all(wanted.map(clicksOf))
}
