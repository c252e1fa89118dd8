/** Controls whose value is stored by the server or the address: they show the choice from the click on. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Locator } from 'playwright-core'
import { callApi, needsBrowser, newPerson, type Person, setUpAs } from './browser.ts'
import { openStage } from './story.ts'

const { octet, browser } = await openStage({ after })
let ada: Person
let linkPath: string
let webhookPath: string

before(async () => {
  if (needsBrowser.skip !== false) return
  ada = await newPerson(browser, { isTolerated: /setLinkSharing|\/sharing / })
  await setUpAs(ada.page, octet.setupUrl, 'ada')
  const link = await callApi(ada.page, 'POST', '/links', { url: 'https://example.org/switches' })
  await callApi(ada.page, 'POST', '/links/webhooks', {
    url: 'https://example.org/hook',
    events: ['link.clicked'],
  })
  linkPath = `/links/${link.id}`
  const { data } = await callApi(ada.page, 'GET', '/links/webhooks')
  webhookPath = `/links/webhooks/${data[0]?.id}`
})

/** What the tests use of inputs and lists; this program knows no types of browsers. */
interface Control {
  checked: boolean
  value: string
  readonly options: ArrayLike<{ readonly value: string }>
  click(): void
  dispatchEvent(event: Event): boolean
}

/** Clicks and reads the state within the same task: a later correction comes too late. */
const clickAndRead = (input: Locator): Promise<boolean> =>
  input.evaluate(element => {
    const control = element as unknown as Control
    const before = control.checked
    control.click()
    return control.checked !== before
  })

/** The same for a list: chooses its last entry. */
const chooseAndRead = (select: Locator): Promise<boolean> =>
  select.evaluate(element => {
    const control = element as unknown as Control
    const before = control.value
    const wanted = control.options[control.options.length - 1]?.value ?? ''
    control.value = wanted
    control.dispatchEvent(new Event('change', { bubbles: true }))
    return wanted !== before && control.value === wanted
  })

async function open(path: string): Promise<Person['page']> {
  await ada.page.goto(`${octet.origin}${path}`)
  await ada.page.getByRole('heading', { level: 1 }).waitFor()
  return ada.page
}

test('a switch shows its new state in the task of the click', needsBrowser, async () => {
  const link = await open(linkPath)
  const sharing = link.getByRole('switch', { name: 'Anyone can see the statistics' })
  assert.equal(await clickAndRead(sharing), true, 'sharing')
  await link.getByRole('link', { name: /\/stats\// }).waitFor()

  const webhook = await open(webhookPath)
  assert.equal(await clickAndRead(webhook.getByRole('switch')), true, 'webhook')
  await webhook.getByText('Turned off').first().waitFor()

  const chat = await open('/chat')
  await chat.getByRole('button', { name: 'Presence' }).click()
  for (const name of ['showPresence', 'showReading', 'showTyping']) {
    const index = ['showPresence', 'showReading', 'showTyping'].indexOf(name)
    assert.equal(await clickAndRead(chat.getByRole('switch').nth(index)), true, name)
  }
  ada.assertNothingWrong()
})

test('a list or a row of choices shows the choice in the task of the click', needsBrowser, async () => {
  const account = await open('/account')
  assert.equal(await chooseAndRead(account.getByLabel('Time zone')), true, 'time zone')
  assert.equal(await clickAndRead(account.getByRole('radio', { name: 'Dark' })), true, 'theme')

  const link = await open(linkPath)
  assert.equal(await clickAndRead(link.getByRole('radio', { name: '90 days' })), true, 'period')
  await link.waitForURL(/days=90/)
  assert.equal(await clickAndRead(link.getByRole('radio', { name: 'Week' })), true, 'interval')
  assert.equal(await chooseAndRead(link.getByLabel('Time zone')), true, 'zone of the statistics')

  const list = await open('/links')
  assert.equal(await chooseAndRead(list.getByLabel('Sort by')), true, 'order')
  await list.waitForURL(/sort=/)
  ada.assertNothingWrong()
})

test('a switch goes back when the server refuses', needsBrowser, async () => {
  const page = await open(linkPath)
  const sharing = page.getByRole('switch', { name: 'Anyone can see the statistics' })
  await sharing.waitFor()
  const before = await sharing.isChecked()
  await page.route('**/api/v1/links/*/sharing', route => route.abort())
  assert.equal(await clickAndRead(sharing), true)
  await page.getByRole('alert').or(page.getByRole('status')).getByText('The server cannot be reached').waitFor()
  await page.unroute('**/api/v1/links/*/sharing')
  assert.equal(await sharing.isChecked(), before)
})
