/** The life of a link: created, found, changed, edited concurrently, deleted and restored. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Page, Route } from 'playwright-core'
import { destination, needsBrowser, newPerson, type Person, signUpAs, until } from './browser.ts'
import { openStage } from './story.ts'

const { octet, browser } = await openStage({ after })

/** A new account on its list of links. */
async function newOwner(username: string, expected: readonly string[] = []): Promise<Person> {
  const person = await newPerson(browser, { expected })
  await person.page.goto(`${octet.origin}/sign-up?next=/links`)
  await signUpAs(person.page, username)
  await person.page.getByRole('heading', { name: 'My links' }).waitFor()
  return person
}

const rows = (page: Page) => page.getByRole('list', { name: 'My links' }).getByRole('listitem')

async function createPlain(page: Page, url: string): Promise<void> {
  await page.getByRole('textbox', { name: 'URL to shorten' }).fill(url)
  await page.getByRole('button', { name: 'Shorten' }).click()
  await page.getByRole('region', { name: 'New short link' }).getByText(url.replace('https://', '')).waitFor()
}

test('a visitor shortens an address without an account, and it works at once', needsBrowser, async () => {
  const { context, page, assertNothingWrong } = await newPerson(browser)
  await page.goto(octet.origin)
  await until(page, 'document.activeElement.name === "url"')
  await page.keyboard.type(`${destination}/from/the/front/page`)
  await page.keyboard.press('Enter')
  const link = page.getByRole('region', { name: 'New short link' }).getByRole('link')
  const shortUrl = (await link.getAttribute('href')) ?? ''
  await page.goto(shortUrl)
  assert.equal(page.url(), `${destination}/from/the/front/page`)
  assertNothingWrong()
  await context.close()
})

test('a link with every option is created, found by search and tag, changed and copied', needsBrowser, async () => {
  const { context, page, assertNothingWrong } = await newOwner('barbara')
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: octet.origin })
  await page.getByRole('textbox', { name: 'URL to shorten' }).fill('https://example.org/talk')
  await page.getByRole('button', { name: 'Options' }).click()
  await page.getByLabel('Alias').fill('my-talk')
  await page.getByRole('textbox', { name: 'Title' }).fill('My talk')
  await page.getByLabel('Expires').fill('2031-05-01T12:00')
  await page.getByLabel('Click limit').fill('100')
  await page.getByRole('textbox', { name: 'Password' }).fill('let me in')
  await page.getByRole('combobox', { name: 'Tags' }).fill('talks,')
  await page.getByRole('button', { name: 'Shorten' }).click()
  await page.getByRole('region', { name: 'New short link' }).getByRole('button', { name: /Copy/ }).click()
  assert.equal(await page.evaluate('navigator.clipboard.readText()'), `${octet.origin}/s/my-talk`)

  await page.getByRole('navigation', { name: 'Links navigation' }).getByRole('link', { name: 'talks' }).click()
  await page.waitForURL(/tag=talks/)
  await page.getByRole('searchbox', { name: 'Search links' }).fill('nothing like it')
  await page.getByText('No links found').waitFor()
  await page.goBack()
  await rows(page).getByRole('link', { name: 'My talk' }).click()

  await page.getByText('Expires 1 May 2031, 12:00').waitFor()
  await page.getByText('Ends after 100 clicks').waitFor()
  await page.getByRole('textbox', { name: 'Destination' }).fill('https://example.org/talk/video')
  await page.getByLabel('Remove password').check()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Link saved.').waitFor()
  await page.getByRole('link', { name: 'example.org/talk/video' }).waitFor()
  assert.equal(await page.getByLabel('Remove password').count(), 0)
  assertNothingWrong()
  await context.close()
})

test('a taken alias is reported at its field; the draft survives that and a reload', needsBrowser, async () => {
  const { context, page, assertNothingWrong } = await newOwner('frances', ['409 /api/v1/links'])
  const fill = async () => {
    await page.getByRole('textbox', { name: 'URL to shorten' }).fill('https://example.org/draft')
    await page.getByLabel('Alias').fill('taken-name')
  }
  await page.getByRole('button', { name: 'Options' }).click()
  await fill()
  await page.getByRole('button', { name: 'Shorten' }).click()
  await page.getByRole('region', { name: 'New short link' }).waitFor()
  await fill()
  await page.getByRole('button', { name: 'Shorten' }).click()
  await page.getByText('This alias is taken').waitFor()
  await until(page, 'document.activeElement.name === "alias"')

  await page.reload()
  await page.getByRole('heading', { name: 'My links' }).waitFor()
  assert.equal(await page.getByRole('textbox', { name: 'URL to shorten' }).inputValue(), 'https://example.org/draft')
  assert.equal(await page.getByLabel('Alias').inputValue(), 'taken-name')
  assertNothingWrong()
  await context.close()
})

test('the second of two concurrent editors sees both versions and decides', needsBrowser, async () => {
  const { context, page, assertNothingWrong } = await newOwner('shafi', [])
  await createPlain(page, 'https://example.org/both')
  await page.getByRole('link', { name: 'Details' }).click()
  await page.getByRole('textbox', { name: 'Title' }).fill('Mine')
  const path = new URL(page.url()).pathname.replace('/links/', '/api/v1/links/')
  const changed = await page.evaluate(
    `fetch('${path}', { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: '{"title":"Theirs"}' }).then(answer => answer.status)`,
  )
  assert.equal(changed, 200)
  assertNothingWrong()

  const refused = page.waitForResponse(answer => answer.status() === 412)
  await page.getByRole('button', { name: 'Save' }).click()
  await refused
  const row = page.getByRole('row', { name: /^Title/ })
  await row.waitFor()
  assert.deepEqual(await row.getByRole('cell').allInnerTexts(), ['Theirs', 'Mine'])
  await page.getByRole('button', { name: 'Save my changes' }).click()
  await page.getByRole('heading', { level: 1, name: 'Mine' }).waitFor()
  await context.close()
})

test('a deleted link can be restored; leaving the page makes the deletion final', needsBrowser, async () => {
  const { context, page, assertNothingWrong } = await newOwner('radia')
  await createPlain(page, 'https://example.org/stays')
  await createPlain(page, 'https://example.org/goes')
  const row = (name: string) => rows(page).filter({ hasText: `example.org/${name}` })
  const remove = async (name: string) => {
    await row(name)
      .getByRole('button', { name: /Actions/ })
      .click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await row(name).waitFor({ state: 'detached' })
  }
  await remove('stays')
  await page.getByRole('button', { name: 'Undo' }).click()
  await row('stays').waitFor()
  await remove('stays')
  await page.keyboard.press('z')
  await row('stays').waitFor()

  await remove('goes')
  await page.goto(`${octet.origin}/account`)
  await page.goto(`${octet.origin}/links`)
  await row('stays').waitFor()
  assert.equal(await rows(page).count(), 1)
  assertNothingWrong()
  await context.close()
})

test('offline is reported at once, and the typed text can be sent later', needsBrowser, async () => {
  const { context, page } = await newOwner('ida')
  await context.setOffline(true)
  await page.getByText('You are offline').waitFor()
  await page.getByRole('textbox', { name: 'URL to shorten' }).fill('https://example.org/later')
  await page.getByRole('button', { name: 'Shorten' }).click()
  await page.getByRole('alert').getByText('The server cannot be reached').waitFor()
  await context.setOffline(false)
  // The next attempt reaches the server, but its answer is lost.
  const loseAnswer = async (route: Route) => {
    await route.fetch()
    await route.abort('connectionreset')
  }
  await page.route('**/api/v1/links', loseAnswer, { times: 1 })
  const lost = page.waitForEvent('requestfailed')
  await page.getByRole('button', { name: 'Shorten' }).click()
  await lost
  await page.getByRole('alert').getByText('The server cannot be reached').waitFor()
  await page.getByRole('button', { name: 'Shorten' }).click()
  await page.getByRole('region', { name: 'New short link' }).getByText('example.org/later').waitFor()
  await rows(page).first().waitFor()
  assert.equal(await rows(page).count(), 1, 'one link, however often it was sent')
  await context.close()
})

test('the core tasks need no mouse', needsBrowser, async () => {
  const { context, page, assertNothingWrong } = await newPerson(browser)
  await page.goto(octet.setupUrl)
  await page.getByLabel('Username', { exact: true }).waitFor()
  await page.keyboard.type('katherine')
  for (const text of ['katherine@example.org', 'correct horse battery']) {
    await page.keyboard.press('Tab')
    await page.keyboard.type(text)
  }
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Hello, katherine' }).waitFor()

  await page.reload()
  await page.getByRole('heading', { name: 'Hello, katherine' }).waitFor()
  await page.keyboard.press('Tab')
  assert.equal(await page.evaluate('document.activeElement.textContent'), 'Skip to content', 'the first stop')
  await page.keyboard.press('Enter')
  assert.equal(await page.evaluate('document.activeElement.id'), 'main')

  await page.keyboard.press('g')
  await page.keyboard.press('l')
  await page.getByRole('heading', { name: 'My links' }).waitFor()
  await until(page, 'document.activeElement.id === "page-title"')

  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Search your content and commands' }).waitFor()
  await page.keyboard.type('launch ann')
  await page.getByRole('option', { name: /Launch announcement/ }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Launch announcement' }).waitFor()

  const slider = page.getByRole('slider', { name: 'Browse the bars' })
  await slider.focus()
  const before = await slider.getAttribute('aria-valuetext')
  await page.keyboard.press('ArrowLeft')
  await until(page, `document.querySelector('input[type=range]').ariaValueText !== ${JSON.stringify(before)}`)

  await page.evaluate('document.activeElement.blur()')
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).getByText('Go to your links').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })

  await page.keyboard.press('c')
  await page.getByRole('dialog', { name: 'Create link' }).getByRole('textbox').waitFor()
  await page.keyboard.type('example.org/keys')
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: 'New short link' }).waitFor()
  await page.keyboard.press('Escape')

  await page.keyboard.press('g')
  await page.keyboard.press('l')
  await page.getByRole('button', { name: 'Remove all examples' }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('Examples removed.').waitFor()
  await rows(page).nth(1).waitFor({ state: 'detached' })
  await rows(page).first().waitFor()
  assert.equal(await rows(page).count(), 1)
  await rows(page)
    .getByRole('button', { name: /Actions/ })
    .focus()
  await page.keyboard.press('Enter')
  await page.getByRole('menuitem', { name: 'Delete' }).waitFor()
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  await page.getByText('No links yet').waitFor()
  assertNothingWrong()
  await context.close()
})
