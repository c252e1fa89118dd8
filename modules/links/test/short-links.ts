/** Short links on a running server: created, clicked and counted from outside, for tests and measurements. */
import { setTimeout as delay } from 'node:timers/promises'
import { type Link, links } from '@octet/contracts/links'
import { httpClient } from '@octet/testkit'

const countTimeoutMs = 60_000

/** Creates `count` links of the token's owner, one after the other. */
export async function createLinks(origin: string, token: string, count: number): Promise<Link[]> {
  const mine = httpClient(origin).client(links, { token })
  const created: Link[] = []
  for (let index = 0; index < count; index++)
    created.push(await mine.createLink({ url: `https://example.org/${index}` }))
  return created
}

/**
 * Clicks of each link, once every answered click is counted. Clicks are counted in the order of their records, so this
 * clicks a new link of its own and waits for that click. Throws after 20 s.
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
