/** The API documentation: its pages, and the forms that send requests from them. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Locator } from 'playwright-core'
import { allRules, axeViolations } from './axe.ts'
import { needsBrowser, newPerson, type Person, phone, setUpAs } from './browser.ts'
import { openStage } from './story.ts'

const { octet, browser } = await openStage({ after })
let ada: Person

before(async () => {
  if (needsBrowser.skip !== false) return
  ada = await newPerson(browser, { expected: ['400 /api/v1/links'] })
  await setUpAs(ada.page, octet.setupUrl, 'ada')
})

/** Opens the form of an operation. */
async function openForm({ page }: Person, operation: string): Promise<Locator> {
  await page.goto(`${octet.origin}/docs/${operation.split('.')[0]}#${operation}`)
  const section = page.locator(`[id="${operation}"]`)
  await section.getByText('Try it', { exact: true }).click()
  return section.locator('form')
}

async function send(form: Locator, status: RegExp): Promise<string> {
  await form.getByRole('button').click()
  await form.getByRole('status').filter({ hasText: status }).waitFor()
  return (await form.locator('pre').textContent()) ?? ''
}

test('a form sends its request with the session of the reader and shows the answer', needsBrowser, async () => {
  const create = await openForm(ada, 'links.createLink')
  await create.getByLabel('Body').fill('{ "url": "https://example.org/from-the-docs" }')
  const { id, url } = JSON.parse(await send(create, /^201 Created in \d+ ms$/))
  assert.equal(url, 'https://example.org/from-the-docs')

  const read = await openForm(ada, 'links.getLink')
  await read.getByLabel('id').fill(id)
  assert.equal(JSON.parse(await send(read, /^200 OK/)).id, id)

  const list = await openForm(ada, 'links.listLinks')
  await list.getByLabel('include').selectOption('total')
  await list.getByLabel('limit').fill('1')
  const { data, meta } = JSON.parse(await send(list, /^200 OK/))
  assert.equal(data.length, 1)
  assert.ok(meta.total > 1)
  ada.assertNothingWrong()
})

test('a form sends a pasted token instead of the session', needsBrowser, async () => {
  const create = await openForm(ada, 'identity.createApiKey')
  await create.getByLabel('Body').fill('{ "name": "docs", "scopes": ["links:read"] }')
  const { key } = JSON.parse(await send(create, /^201/))
  const visitor = await newPerson(browser, { expected: ['401 /api/v1/links'] })
  const list = await openForm(visitor, 'links.listLinks')
  assert.equal(JSON.parse(await send(list, /^401/)).code, 'unauthenticated')
  await visitor.page.getByLabel('Token').fill(key)
  assert.ok(Array.isArray(JSON.parse(await send(list, /^200 OK/)).data))
  visitor.assertNothingWrong()
  await visitor.context.close()
})

test(
  'a form shows the problem of a refused request, and refuses a body that is not JSON by itself',
  needsBrowser,
  async () => {
    const create = await openForm(ada, 'links.createLink')
    await create.getByLabel('Body').fill('{ "url": 7 }')
    assert.equal(JSON.parse(await send(create, /^400/)).code, 'validation-failed')
    await create.getByLabel('Body').fill('{ "url": ')
    await create.getByRole('button').click()
    await create.getByRole('status').filter({ hasText: 'The body is not valid JSON.' }).waitFor()
    ada.assertNothingWrong()
  },
)

for (const [label, options] of [
  ['desktop', {}],
  ['phone', phone],
] as const) {
  test(`the documentation passes axe and never scrolls sideways on a ${label}`, needsBrowser, async () => {
    const { context, page, assertNothingWrong } = await newPerson(browser, { reducedMotion: 'reduce', ...options })
    const found: string[] = []
    for (const path of ['/docs', '/docs/links']) {
      await page.goto(`${octet.origin}${path}`)
      for (const operation of path === '/docs' ? [] : ['links.createLink', 'links.listLinks']) {
        await page.locator(`[id="${operation}"] .try > summary`).click()
      }
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        for (const { id, nodes } of await axeViolations(page, allRules))
          found.push(`${colorScheme} ${path}: ${id} ${nodes[0]?.html}`)
      }
      if (await page.evaluate('document.documentElement.scrollWidth > innerWidth'))
        found.push(`${path}: scrolls sideways`)
    }
    assert.deepEqual(found, [])
    assertNothingWrong()
    await context.close()
  })
}

test('a page of the documentation stays small, and its script too', needsBrowser, async () => {
  const { context, page } = await newPerson(browser)
  await page.goto(`${octet.origin}/docs`)
  for (const link of await page.locator('nav > ul > li > a:not([href*="#"])').all()) {
    const answer = await context.request.get(`${octet.origin}${await link.getAttribute('href')}`)
    const { length } = await answer.text()
    assert.ok(length < 200_000, `${answer.url()} has ${length} characters`)
  }
  await context.close()
})
