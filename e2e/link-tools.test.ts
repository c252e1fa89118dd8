/** Tools for many links and for one important link: order, rules, QR codes, live clicks, public statistics. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { destination, needsBrowser, newPerson, type Person, signUpAs, until } from './browser.ts'
import { openStage } from './story.ts'

const { octet, browser } = await openStage({ after })

async function newOwner(username: string, expected: readonly string[] = []): Promise<Person> {
  const person = await newPerson(browser, { expected })
  await person.page.goto(`${octet.origin}/sign-up?next=/links`)
  await signUpAs(person.page, username)
  await person.page.getByRole('heading', { name: 'My links' }).waitFor()
  return person
}

const rows = (page: Page) => page.getByRole('list', { name: 'My links' }).getByRole('listitem')
const navigation = (page: Page) => page.getByRole('navigation', { name: 'Links navigation' })

async function create(page: Page, url: string): Promise<string> {
  await page.getByRole('textbox', { name: 'URL to shorten' }).fill(url)
  await page.getByRole('button', { name: 'Shorten' }).click()
  const created = page.getByRole('region', { name: 'New short link' })
  await created.getByText(url.replace(/^https?:\/\//, '')).waitFor()
  return (await created.getByRole('link').first().getAttribute('href')) ?? ''
}

/** Saves a campaign template and creates a link with it; ends on the list of links. */
async function makeCampaign(page: Page): Promise<void> {
  await navigation(page).getByRole('link', { name: 'Campaign templates' }).click()
  await page.getByRole('button', { name: 'New template' }).click()
  await page.getByLabel('Template name').fill('Newsletter')
  await page.getByLabel('Source').fill('newsletter')
  await page.keyboard.press('Enter')
  const templates = page.getByRole('list', { name: 'Campaign templates' })
  await templates.getByText('utm_source=newsletter').waitFor()
  await templates.getByRole('button', { name: 'Edit Newsletter' }).click()
  await page.getByLabel('Medium').fill('email')
  await page.getByRole('button', { name: 'Save' }).click()
  await templates.getByText('utm_source=newsletter · utm_medium=email').waitFor()

  await navigation(page).getByRole('link', { name: 'All links' }).click()
  await page.getByRole('button', { name: 'Options' }).click()
  await page.getByRole('button', { name: 'Campaign parameters' }).click()
  await page.getByLabel('Template').selectOption('Newsletter')
  await page.getByRole('textbox', { name: 'URL to shorten' }).fill('https://example.org/three')
  await page.getByRole('button', { name: 'Shorten' }).click()
  const created = page.getByRole('region', { name: 'New short link' })
  await created.getByText('example.org/three?utm_source=newsletter&utm_medium=email').waitFor()

  await navigation(page).getByRole('link', { name: 'Campaign templates' }).click()
  await templates.getByRole('button', { name: 'Delete Newsletter' }).click()
  await page.getByText('No templates yet').waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  await templates.getByText('Newsletter').first().waitFor()
}

test(
  'campaign templates, a folder, tags, the archive and deletion organise many links, and each can be undone',
  needsBrowser,
  async () => {
    const { context, page, assertNothingWrong } = await newOwner('joan')
    for (const name of ['one', 'two']) await create(page, `https://example.org/${name}`)
    await makeCampaign(page)
    await navigation(page).getByRole('link', { name: 'Folders and tags' }).click()
    await page.getByRole('button', { name: 'New folder' }).click()
    await page.getByLabel('Folder name').fill('Spring')
    await page.keyboard.press('Enter')
    await page.getByRole('list', { name: 'Folders' }).getByRole('link', { name: 'Spring' }).waitFor()

    await navigation(page).getByRole('link', { name: 'All links' }).click()
    await page.getByRole('checkbox', { name: 'Select all links shown' }).check()
    const toolbar = page.getByRole('toolbar', { name: 'Actions for the selected links' })
    await toolbar.getByText('3 selected').waitFor()
    await toolbar.getByRole('button', { name: 'Tag', exact: true }).click()
    await page.getByRole('dialog').getByRole('combobox', { name: 'Add tags' }).fill('launch,')
    await page.getByRole('dialog').getByRole('button', { name: 'Add tags' }).click()
    await page.getByText('3 links changed.').waitFor()
    await navigation(page).getByRole('link', { name: 'launch' }).click()
    await page.waitForURL(/tag=launch/)

    await rows(page).filter({ hasText: 'example.org/one' }).getByRole('checkbox').check()
    await toolbar.getByRole('button', { name: 'Move' }).click()
    await page.getByRole('menuitem', { name: 'Spring' }).click()
    await navigation(page).getByRole('link', { name: 'Spring' }).click()
    await page.waitForURL(/folder=/)
    await rows(page).nth(1).waitFor({ state: 'detached' })
    await rows(page).filter({ hasText: 'example.org/one' }).waitFor()

    await navigation(page).getByRole('link', { name: 'All links' }).click()
    await page.getByRole('checkbox', { name: 'Select all links shown' }).check()
    await toolbar.getByRole('button', { name: 'Delete' }).click()
    await page.getByText('No links yet').waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await rows(page).nth(2).waitFor()
    assertNothingWrong()
    await context.close()
  },
)

test(
  'by keyboard alone: a link with options is created, found, given rules and a QR code, archived and restored',
  needsBrowser,
  async () => {
    const { context, page, assertNothingWrong } = await newOwner('mary')
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key)
    }
    await page.getByRole('textbox', { name: 'URL to shorten' }).focus()
    await page.keyboard.type('example.org/menu')
    await press('Tab', 'Tab')
    await until(page, 'document.activeElement.textContent === "Options"')
    await press('Enter')
    await page.getByLabel('Alias').waitFor()
    await press('Tab')
    await page.keyboard.type('menu-of-mary')
    await press('Tab')
    await page.keyboard.type('Spring menu')
    await press('Enter')
    await page.getByRole('region', { name: 'New short link' }).waitFor()

    await press('Control+k')
    await page.getByRole('combobox', { name: 'Search your content and commands' }).waitFor()
    await page.keyboard.type('spring')
    await page.getByRole('option', { name: /Spring menu/ }).waitFor()
    await press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Spring menu' }).waitFor()

    await page.getByRole('link', { name: 'Rules and preview' }).focus()
    await press('Enter')
    await page.getByRole('button', { name: 'Add rule' }).focus()
    await press('Enter')
    await until(page, 'document.activeElement.textContent === "Add condition"')
    await press('Enter')
    await page.getByRole('menuitem', { name: 'Country is one of' }).waitFor()
    await press('ArrowDown', 'ArrowDown', 'ArrowDown', 'Enter')
    const languages = page.getByRole('combobox', { name: 'Language is one of' })
    await languages.focus()
    await page.keyboard.type('de,')
    await page.getByLabel('Leads to').focus()
    await page.keyboard.type('example.org/speisekarte')
    await press('Enter')
    await page.getByText('Rules saved').waitFor()
    await page.reload()
    assert.equal(await page.getByLabel('Leads to').inputValue(), 'https://example.org/speisekarte')

    await page.getByRole('button', { name: 'QR code' }).focus()
    await press('Enter')
    await page.getByRole('img', { name: /QR code for/ }).waitFor()
    await until(page, 'document.querySelector("[role=dialog] img").naturalWidth > 0')
    await press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })

    await page.evaluate('document.activeElement.blur()')
    await press('g', 'l')
    await rows(page).first().waitFor()
    await rows(page)
      .getByRole('button', { name: /Actions for/ })
      .focus()
    await press('Enter')
    await page.getByRole('menuitem', { name: 'Archive' }).focus()
    await press('Enter')
    await page.getByText('Link archived.').waitFor()
    await page.getByText('No links yet').waitFor()
    await page.getByRole('button', { name: 'Undo' }).press('Enter')
    await rows(page).filter({ hasText: 'Spring menu' }).waitFor()
    assertNothingWrong()
    await context.close()
  },
)

test('a click appears on the open page; the public page shows it while the owner allows it', needsBrowser, async () => {
  const owner = await newOwner('sophie')
  const shortUrl = await create(owner.page, `${destination}/show`)
  const code = shortUrl.split('/').at(-1) ?? ''
  await owner.page.getByRole('link', { name: 'Details' }).click()
  await owner.page.getByText('Live', { exact: true }).waitFor()

  const visitor = await newPerson(browser, { expected: [`404 /api/v1/links/public-stats/${code}`] })
  await visitor.page.goto(shortUrl)
  await owner.page.getByRole('region', { name: 'Just now' }).getByText('Desktop').waitFor()

  await visitor.page.goto(`${octet.origin}/stats/${code}`)
  await visitor.page.getByText('These statistics are not available').waitFor()
  await owner.page.getByRole('switch', { name: 'Anyone can see the statistics' }).check()
  await owner.page.getByRole('link', { name: `/stats/${code}` }).waitFor()
  await visitor.page.reload()
  await visitor.page.getByRole('heading', { name: `Clicks on ${code}` }).waitFor()
  assert.equal(await visitor.page.getByText('show', { exact: false }).getByRole('link').count(), 0, 'no destination')
  for (const person of [owner, visitor]) {
    person.assertNothingWrong()
    await person.context.close()
  }
})
