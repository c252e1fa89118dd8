/** Guarantees of every page: no axe findings, no sideways scrolling, a small first route, a strict policy. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { View } from '@octet/web/view'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { allRules, axeViolations, colourRules, type Rules } from './axe.ts'
import { desktop, needsBrowser, newPerson, phone, setUpAs, signInAs, until } from './browser.ts'
import { openStage } from './story.ts'
import { type NamedViews, systems, userViewsOf } from './views.ts'

const scriptBytesMax = 200 * 1024

const { octet, browser } = await openStage({ after })
let administrator: Page | undefined

before(async () => {
  if (needsBrowser.skip !== false) return
  const { page } = await newPerson(browser)
  await setUpAs(page, octet.setupUrl, 'ada')
  administrator = page
})

const known = new Map<NamedViews, readonly View[]>()

/** The views of a system for users. What they show is made when the first test asks for them. */
async function viewsOf(system: NamedViews): Promise<readonly View[]> {
  assert.ok(administrator !== undefined)
  const views = known.get(system) ?? (await userViewsOf(system, administrator))
  known.set(system, views)
  return views
}

/** Shows a view in its final state. Nothing moves: these people prefer reduced motion. */
async function show(page: Page, view: View): Promise<void> {
  await page.goto(`${octet.origin}${view.path}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await until(page, 'document.querySelector("[aria-busy=true]") === null')
  await view.act?.(page)
}

type Device = 'desktop' | 'phone'
const contexts: Readonly<Record<Device, BrowserContextOptions>> = { desktop, phone }

/** Findings of one view. Colours are the same on a phone, so what desktops show as well is checked in light only. */
async function findings(page: Page, view: View, device: Device): Promise<string[]> {
  await show(page, view)
  const found: string[] = []
  const collect = async (scheme: 'light' | 'dark', rules: Rules) => {
    await page.emulateMedia({ colorScheme: scheme })
    for (const { id, nodes } of await axeViolations(page, rules))
      found.push(`${device} ${scheme} ${view.path}: ${id} ${nodes[0]?.html}`)
  }
  await collect('light', allRules)
  if (device === 'desktop' || view.isPhoneOnly === true) await collect('dark', colourRules)
  const isWide = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
  if (isWide) found.push(`${device} ${view.path}: scrolls sideways`)
  return found
}

/** On a phone only views that look different there: the pages themselves, and parts that desktops do not have. */
const isShown: Readonly<Record<Device, (view: View) => boolean>> = {
  desktop: view => view.isPhoneOnly !== true,
  phone: view => view.act === undefined || view.isPhoneOnly === true,
}

const visitorViews = systems.flatMap(system => system.visitor ?? [])
const expected = systems.flatMap(system => system.expected ?? [])

async function visitAsVisitor(device: Device): Promise<void> {
  const found: string[] = []
  const { context, page, assertNothingWrong } = await newPerson(browser, {
    reducedMotion: 'reduce',
    expected,
    ...contexts[device],
  })
  for (const view of visitorViews) found.push(...(await findings(page, view, device)))
  assert.deepEqual(found, [])
  assertNothingWrong()
  await context.close()
}

async function visitAsUser(device: Device, systems: readonly NamedViews[]): Promise<void> {
  const found: string[] = []
  const { context, page, assertNothingWrong } = await newPerson(browser, {
    reducedMotion: 'reduce',
    ...contexts[device],
  })
  await page.goto(`${octet.origin}/sign-in`)
  await signInAs(page, 'ada')
  await page.getByRole('heading', { name: 'Hello, ada' }).waitFor()
  for (const system of systems) {
    const views = await viewsOf(system)
    assert.notEqual(views.length, 0, `${system.name} has no views for users`)
    for (const view of views.filter(isShown[device])) found.push(...(await findings(page, view, device)))
  }
  assert.deepEqual(found, [])
  assertNothingWrong()
  await context.close()
}

test(
  'axe finds nothing on any page of visitors, on a desktop in light and dark, or on a phone',
  needsBrowser,
  async () => {
    await visitAsVisitor('desktop')
    await visitAsVisitor('phone')
  },
)

for (const system of systems) {
  test(`axe finds nothing on any page of ${system.name} for users on a desktop, light or dark`, needsBrowser, () =>
    visitAsUser('desktop', [system]),
  )
}

test('axe finds nothing on any page of users on a phone', needsBrowser, () => visitAsUser('phone', systems))

test('every feature with views is looked at', () => {
  assert.ok(systems.length >= 4)
})

test('a page with a missing label is found, so the check can fail', needsBrowser, async () => {
  const { context, page } = await newPerson(browser)
  await page.goto(`${octet.origin}/sign-in`)
  await page.getByLabel('Username or e-mail').waitFor()
  await page.evaluate('document.querySelectorAll("label").forEach(label => label.remove())')
  const found = await axeViolations(page, allRules)
  assert.ok(found.some(({ id }) => id === 'label'))
  await context.close()
})

async function scriptBytes(page: Page, path: string): Promise<number> {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.setCacheDisabled', { cacheDisabled: true })
  // Like a client without brotli; compressed answers are smaller still.
  await session.send('Network.setExtraHTTPHeaders', { headers: { 'accept-encoding': 'gzip' } })
  const scripts = new Set<string>()
  let bytes = 0
  session.on('Network.responseReceived', ({ requestId, response }) => {
    if (/javascript/.test(response.mimeType)) scripts.add(requestId)
  })
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength
  })
  await page.goto(`${octet.origin}${path}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.waitForLoadState('networkidle')
  await session.detach()
  return bytes
}

test('the first page needs at most 200 kB of compressed script, for visitors and for users', needsBrowser, async t => {
  const { context, page } = await newPerson(browser)
  const visitor = await scriptBytes(page, '/')
  await page.goto(`${octet.origin}/sign-in`)
  await signInAs(page, 'ada')
  await page.getByRole('heading', { name: 'Hello, ada' }).waitFor()
  const user = await scriptBytes(page, '/')
  t.diagnostic(
    `visitor ${Math.round(visitor / 1024)} kB, user ${Math.round(user / 1024)} kB of ${scriptBytesMax / 1024} kB`,
  )
  assert.ok(visitor > 50_000 && visitor <= scriptBytesMax, `visitor: ${visitor}`)
  assert.ok(user > 50_000 && user <= scriptBytesMax, `user: ${user}`)
  await context.close()
})

test('injected script and style do nothing, and are reported', needsBrowser, async () => {
  const { context, page, assertNothingWrong } = await newPerson(browser)
  const answer = await page.goto(octet.origin)
  const policy = answer?.headers()['content-security-policy'] ?? ''
  assert.match(policy, /default-src 'none'/)
  assert.doesNotMatch(policy, /script-src[^;]*'unsafe|(^|; )style-src [^;]*'unsafe/)
  await page.getByRole('heading', { level: 1 }).waitFor()
  assertNothingWrong()
  await page.evaluate(`
    const tries = [
      () => document.body.insertAdjacentHTML('beforeend', '<img src="/none" onerror="window.wasRun = true">'),
      () => {
        const script = document.createElement('script')
        script.textContent = 'window.wasRun = true'
        document.body.append(script)
      },
      () => {
        const style = document.createElement('style')
        style.textContent = 'body { display: none }'
        document.head.append(style)
      },
    ]
    for (const attempt of tries) {
      try {
        attempt()
      } catch {
        // Trusted types refuse some of them outright.
      }
    }
  `)
  await page.waitForTimeout(300)
  assert.equal(await page.evaluate('window.wasRun'), undefined)
  assert.equal(await page.evaluate('getComputedStyle(document.body).display'), 'block')
  assert.throws(assertNothingWrong, error => {
    assert.match(String(error), /policy: (require-trusted-types-for|script-src)/)
    assert.match(String(error), /policy: style-src/)
    return true
  })
  await context.close()
})
