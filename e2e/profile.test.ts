/** A profile: its picture and its bio, as their owner sets them and as other people see them. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { callApi, needsBrowser } from './browser.ts'
import { makePng } from './png.ts'
import { adaAndBob, openStage, type Speaker } from './story.ts'

const { octet, browser } = await openStage({ after })
let ada: Speaker
let bob: Speaker

before(async () => {
  if (needsBrowser.skip !== false) return
  ;({ ada, bob } = await adaAndBob({ octet, browser }, { isTolerated: /answer: 415 \/users\/me\/avatar/ }))
})

/** Width of the loaded picture in pixels; the initial shows until it is there. */
async function widthOf(picture: Locator): Promise<number> {
  await picture.waitFor()
  return picture.evaluate(image => image.decode().then(() => image.naturalWidth))
}

const inShell = (page: Page) => page.getByRole('button', { name: 'Account menu for' }).locator('img')
const choose = (page: Page, buffer: Buffer) =>
  page.locator('input[type=file]').setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer })

test('a picture and a bio are set on the profile, seen by others, and removed again', needsBrowser, async () => {
  const { page } = ada
  await page.goto(`${octet.origin}/account`)
  await page.getByRole('heading', { name: 'Picture' }).waitFor()
  assert.equal(await inShell(page).count(), 0, 'initials without a picture')

  await choose(page, Buffer.from('no picture'))
  await page.getByText('This picture cannot be read.').waitFor()
  await choose(page, makePng(300, 200))
  await page.getByText('Picture saved.').waitFor()
  assert.equal(await widthOf(inShell(page)), 256)
  assert.equal(await widthOf(page.getByRole('main').locator('img')), 256)

  await page.getByLabel('About you').fill('Builds engines.\nLondon.')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Profile saved.').waitFor()

  await bob.page.goto(`${octet.origin}/people/ada`)
  await bob.page.getByText('Builds engines.').waitFor()
  assert.equal(await widthOf(bob.page.getByRole('main').locator('img')), 256)

  const { id } = await callApi(page, 'POST', '/chat/rooms', { name: 'Engines' })
  await callApi(bob.page, 'POST', `/chat/rooms/${id}/join`, {})
  await callApi(page, 'POST', `/chat/rooms/${id}/messages`, { cmid: 'cmid-profile-0001', body: 'Good evening' })
  await bob.page.goto(`${octet.origin}/chat/${id}`)
  const said = bob.page.locator('[data-message]').filter({ hasText: 'Good evening' })
  assert.equal(await widthOf(said.locator('img')), 256)

  await page.goto(`${octet.origin}/account`)
  await page.getByRole('button', { name: 'Remove picture' }).click()
  await page.getByText('Picture removed.').waitFor()
  assert.equal(await inShell(page).count(), 0)
  assert.equal(await page.getByLabel('About you').inputValue(), 'Builds engines.\nLondon.')
  await bob.page.goto(`${octet.origin}/people/ada`)
  await bob.page.getByText('Builds engines.').waitFor()
  assert.equal(await bob.page.getByRole('main').locator('img').count(), 0)
  for (const person of [ada, bob]) person.assertNothingWrong()
})
