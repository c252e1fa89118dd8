/** An encrypted room in two browsers: the server cannot read it; a new device reads it with the recovery key. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { callApi, needsBrowser, newPerson, password, signInAs } from './browser.ts'
import { adaAndBob, openStage, type Speaker } from './story.ts'

const { octet, browser } = await openStage({ after })

let ada: Speaker
let bob: Speaker

before(async () => {
  if (needsBrowser.skip !== false) return
  ;({ ada, bob } = await adaAndBob({ octet, browser }))
})

const looksMax = 60
const field = (page: Page) => page.locator('[data-composer]').first()
const message = (page: Page, text: string) => page.locator('[data-message]', { hasText: text })

async function say(page: Page, text: string): Promise<void> {
  await field(page).fill(text)
  await field(page).press('Enter')
}

/** A device cannot read messages from before it joined the group, so both wait for each other. */
async function seesDevices(page: Page, count: number): Promise<void> {
  const codes = page.getByRole('dialog').locator('li code')
  for (let found = 0, look = 0; found < count; look++) {
    assert.ok(look < looksMax, `${found} of ${count} devices`)
    await page.getByRole('button', { name: 'Encryption' }).click()
    await codes.first().waitFor()
    found = await codes.count()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  }
}

async function makeRoom(page: Page): Promise<string> {
  await page.goto(`${octet.origin}/chat`)
  await page.getByRole('button', { name: 'New' }).last().click()
  await page.getByText('Room', { exact: true }).click()
  await page.getByLabel('Name').fill('Sealed')
  await page.getByText('Private', { exact: true }).click()
  await page.getByLabel('End-to-end encryption').check()
  await page.getByRole('button', { name: 'Create' }).last().click()
  await page.getByRole('heading', { level: 1, name: 'Sealed' }).waitFor()
  return new URL(page.url()).pathname.split('/')[2] ?? ''
}

test('only members read the messages of an encrypted room, also later on a new device', needsBrowser, async () => {
  const roomId = await makeRoom(ada.page)
  await field(ada.page).waitFor()
  await callApi(ada.page, 'POST', `/chat/rooms/${roomId}/members`, { userId: bob.id })
  await bob.page.goto(`${octet.origin}/chat/${roomId}`)
  await field(bob.page).waitFor()

  await seesDevices(ada.page, 2)
  await say(ada.page, 'the blue key is under the mat')
  await message(bob.page, 'under the mat').waitFor()
  await say(bob.page, 'found it')
  await message(ada.page, 'found it').waitFor()
  await field(bob.page).press('ArrowUp')
  await bob.page.getByLabel('Edit message').fill('found both')
  await bob.page.getByLabel('Edit message').press('Enter')
  await message(ada.page, 'found both').getByText('edited').waitFor()

  const kept = await callApi(ada.page, 'GET', `/chat/rooms/${roomId}/messages`)
  assert.equal(kept.data.length, 2)
  assert.doesNotMatch(JSON.stringify(kept), /under the mat|found/, 'the server has sealed words only')

  await ada.page.reload()
  await message(ada.page, 'found both').waitFor()
  await message(ada.page, 'under the mat').waitFor()

  await ada.page.getByRole('button', { name: 'Encryption' }).click()
  await ada.page.getByText('has not been audited').waitFor()
  const codes = ada.page.getByRole('dialog').locator('li code')
  await codes.nth(1).waitFor()
  assert.equal(await codes.count(), 2)
  const copied = ada.page.waitForResponse(answer => answer.url().endsWith('/history') && answer.ok())
  await ada.page.getByRole('button', { name: 'Create recovery key' }).click()
  await ada.page
    .getByLabel('Password', { exact: true })
    .or(ada.page.getByText('Write this key down now'))
    .first()
    .waitFor()
  if (await ada.page.getByLabel('Password', { exact: true }).isVisible()) {
    await ada.page.getByLabel('Password', { exact: true }).fill(password)
    await ada.page.keyboard.press('Enter')
  }
  await ada.page.getByText('Write this key down now').waitFor()
  const key = await ada.page.getByRole('dialog').locator('div > code').last().textContent()
  await ada.page.keyboard.press('Escape')
  await copied

  const next = await newPerson(browser)
  await next.page.goto(`${octet.origin}/sign-in`)
  await signInAs(next.page, 'ada')
  await next.page.getByRole('heading', { name: 'Hello, ada' }).waitFor()
  await next.page.goto(`${octet.origin}/chat/${roomId}`)
  await next.page.getByText('it was sent before your device joined the room').first().waitFor()
  assert.equal(await message(next.page, 'under the mat').count(), 0)
  await next.page.getByRole('button', { name: 'Encryption' }).click()
  await next.page.getByLabel('Your recovery key').fill(key?.toLowerCase() ?? '')
  await next.page.getByRole('button', { name: 'Read older messages' }).click()
  await message(next.page, 'under the mat').waitFor()
  await next.page.keyboard.press('Escape')
  await say(next.page, 'me again')
  await message(bob.page, 'me again').waitFor()
  for (const person of [ada, bob, next]) person.assertNothingWrong()
  await next.context.close()
})
