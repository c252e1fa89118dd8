/** Other accounts: addresses verified and passwords reset by mail, reports, and administration. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { needsBrowser, newPerson, type Person, password, setUpAs, signInAs, signUpAs } from './browser.ts'
import { press, type } from './keyboard.ts'
import { openStage } from './story.ts'

const { octet, browser } = await openStage({ after })
let admin: Person

before(async () => {
  if (needsBrowser.skip !== false) return
  admin = await newPerson(browser)
  await setUpAs(admin.page, octet.setupUrl, 'hedy')
})

/** The link in the newest mail of that subject, read on the page of mails by the administrator. */
async function linkInMail(to: string, subject: string): Promise<string> {
  const { page } = admin
  await page.goto(`${octet.origin}/admin/mails`)
  await page.getByLabel('Filter by recipient').fill(to)
  await page
    .getByRole('button', { name: new RegExp(`^Read “${subject}.*” to ${to}$`) })
    .first()
    .click()
  const link = page.getByRole('dialog').getByRole('link')
  const address = (await link.getAttribute('href')) ?? ''
  assert.ok(address.startsWith(octet.origin), address)
  return address
}

async function signOut(page: Page, username: string): Promise<void> {
  await page.getByRole('button', { name: `Account menu for ${username}` }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Shorten a long URL' }).waitFor()
}

test('a mailed code verifies an address, which then resets a forgotten password', needsBrowser, async () => {
  const expected = ['401 /api/v1/auth/web/login', '403 /api/v1/auth/password/reset']
  const { context, page, assertNothingWrong } = await newPerson(browser, { expected })
  await page.goto(`${octet.origin}/sign-up`)
  await signUpAs(page, 'grace')
  await page.getByText('Confirm that grace@example.org is yours').waitFor()
  await page.goto(await linkInMail('grace@example.org', ''))
  await page.getByRole('button', { name: 'Confirm address' }).click()
  await page.getByText('Address confirmed.').waitFor()
  assert.equal(new URL(page.url()).hash, '', 'the code does not stay in the address')

  await signOut(page, 'grace')
  await page.goto(`${octet.origin}/sign-in`)
  await page.getByRole('link', { name: 'Forgot your password?' }).click()
  await page.getByLabel('E-mail', { exact: true }).fill('grace@example.org')
  await page.getByRole('button', { name: 'Send link' }).click()
  await page.getByText('If there is an account with the address grace@example.org').waitFor()
  const link = await linkInMail('grace@example.org', '.*password')
  await page.goto(link)
  await page.getByLabel('New password').fill('four words that differ')
  await page.getByRole('button', { name: 'Change password' }).click()
  await page.getByRole('heading', { name: 'Your password was changed' }).waitFor()
  await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click()
  await signInAs(page, 'grace', password)
  await page.getByRole('alert').getByText('Wrong username or password').waitFor()
  await signInAs(page, 'grace', 'four words that differ')
  await page.getByRole('heading', { name: 'Hello, grace' }).waitFor()

  // The link works once.
  await signOut(page, 'grace')
  await page.goto(link)
  await page.getByLabel('New password').fill('another person reads mails')
  await page.getByRole('button', { name: 'Change password' }).click()
  await page.getByText('This link has already been used or has expired').waitFor()
  assertNothingWrong()
  admin.assertNothingWrong()
  await context.close()
})

test('a session on another device is ended by keyboard alone', needsBrowser, async () => {
  const here = await newPerson(browser)
  const there = await newPerson(browser, { expected: ['401 /api/v1/users/me/devices', '401 /api/v1/users/me'] })
  await there.page.goto(`${octet.origin}/sign-up?next=/account/devices`)
  await signUpAs(there.page, 'linus')
  await there.page.getByText('This device').waitFor()

  const { page } = here
  await page.goto(`${octet.origin}/sign-in?next=/account/devices`)
  await type(page, page.getByLabel('Username or e-mail'), 'linus')
  await type(page, page.getByLabel('Password', { exact: true }), password)
  await page.keyboard.press('Enter')
  await press(page, page.getByRole('button', { name: /^Sign out (?!all)/ }))
  await page.getByText('is signed out.').waitFor()
  await page.getByRole('button', { name: /^Sign out (?!all)/ }).waitFor({ state: 'detached' })
  await there.page.reload()
  await there.page.getByRole('heading', { name: 'Sign in' }).waitFor()
  here.assertNothingWrong()
  there.assertNothingWrong()
  await here.context.close()
  await there.context.close()
})

async function blockAndReport(page: Page): Promise<void> {
  await page.goto(`${octet.origin}/people`)
  await page.getByLabel('Username or name').fill('mall')
  await page.getByRole('link', { name: /mallory/ }).click()
  await page.getByRole('button', { name: 'Report' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Reason').selectOption('harassment')
  await dialog.getByLabel('What happened?').fill('Writes to me day and night.')
  await dialog.getByRole('button', { name: 'Send report' }).click()
  await page.getByText('The moderators will look into it.').waitFor()
  await page.getByRole('button', { name: 'Block', exact: true }).click()
  await page.getByText('You blocked mallory. You cannot find each other.').waitFor()
  await page.goto(`${octet.origin}/account/blocked`)
  await page.getByRole('button', { name: 'Unblock mallory' }).waitFor()
}

async function resolveReport(page: Page): Promise<void> {
  await page.goto(`${octet.origin}/admin/reports`)
  await page.getByText('Writes to me day and night.').waitFor()
  await page.getByRole('button', { name: 'Resolve the report about mallory' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Outcome').selectOption('disabled')
  await dialog.getByLabel('Note').fill('Disabled, see the log.')
  await dialog.getByRole('button', { name: 'Resolve' }).click()
  await page.getByText('No open reports').waitFor()
}

async function chooseFor(page: Page, name: string, item: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${name}` }).click()
  await page.getByRole('menuitem', { name: item }).click()
}

const goneTimeoutMs = 30_000

/** Off the list at once; deleted permanently when every module has answered. */
async function untilGone(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${name}` }).waitFor({ state: 'detached' })
  const deadlineMs = performance.now() + goneTimeoutMs
  while (performance.now() < deadlineMs) {
    await page.reload()
    await page.getByRole('button', { name: 'Actions for hedy' }).waitFor()
    if ((await page.getByRole('button', { name: `Actions for ${name}` }).count()) === 0) return
  }
  throw new Error(`${name} is still there`)
}

test('a reported person is blocked, reviewed, disabled, and finally erased', needsBrowser, async () => {
  const expected = ['401 /api/v1/users/me', '403 /api/v1/auth/web/login', '401 /api/v1/auth/web/login']
  const mallory = await newPerson(browser, { expected })
  await mallory.page.goto(`${octet.origin}/sign-up`)
  await signUpAs(mallory.page, 'mallory')
  await mallory.page.getByRole('heading', { name: 'Hello, mallory' }).waitFor()
  const victim = await newPerson(browser)
  await victim.page.goto(`${octet.origin}/sign-up`)
  await signUpAs(victim.page, 'ada')
  await victim.page.getByRole('heading', { name: 'Hello, ada' }).waitFor()
  await blockAndReport(victim.page)
  victim.assertNothingWrong()
  await victim.context.close()

  const { page } = admin
  await resolveReport(page)
  await page.goto(`${octet.origin}/admin/users`)
  await chooseFor(page, 'mallory', 'Disable account…')
  await page.getByLabel('Reason').fill('Harassment')
  await page.getByRole('dialog').getByRole('button', { name: 'Disable account' }).click()
  await page.getByText('mallory is disabled.').waitFor()
  await mallory.page.goto(`${octet.origin}/sign-in`)
  await signInAs(mallory.page, 'mallory')
  await mallory.page.getByText('An administrator has disabled this account.').waitFor()

  await chooseFor(page, 'mallory', 'Delete account…')
  await page.getByLabel('Type mallory to confirm').fill('mallory')
  await page.getByRole('dialog').getByRole('button', { name: 'Delete permanently' }).click()
  await page.getByText('mallory is being deleted.').waitFor()
  await untilGone(page, 'mallory')
  await signInAs(mallory.page, 'mallory')
  await mallory.page.getByText('Wrong username or password').waitFor()
  mallory.assertNothingWrong()
  admin.assertNothingWrong()
  await mallory.context.close()
})
