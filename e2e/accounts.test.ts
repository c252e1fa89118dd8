/** Accounts: sign-up, sign-in, sign-out, other devices, administration. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { needsBrowser, newPerson, password, setUpAs, signInAs, signUpAs, until } from './browser.ts'
import { openStage } from './story.ts'

const { octet, browser } = await openStage({ after })

before(async () => {
  if (needsBrowser.skip !== false) return
  const { page, context, assertNothingWrong } = await newPerson(browser)
  await setUpAs(page, octet.setupUrl, 'hedy')
  assertNothingWrong()
  await context.close()
})

test(
  'signing up and in returns to the page before, and signing out takes effect in every tab',
  needsBrowser,
  async () => {
    const { context, page, assertNothingWrong } = await newPerson(browser)
    await page.goto(`${octet.origin}/links?sort=createdAt`)
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.getByRole('main').getByRole('link', { name: 'Sign up' }).click()
    await signUpAs(page, 'grace')
    await page.getByRole('heading', { name: 'My links' }).waitFor()
    assert.equal(new URL(page.url()).search, '?sort=createdAt')
    await page.getByText('No links yet').waitFor()

    const other = await context.newPage()
    await other.goto(`${octet.origin}/account`)
    await other.getByRole('heading', { name: 'Profile and preferences' }).waitFor()
    await page.getByRole('button', { name: 'Account menu for grace' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Shorten a long URL' }).waitFor()
    await other.getByRole('link', { name: 'Sign in' }).waitFor()
    assertNothingWrong()

    await page.goto(`${octet.origin}/links`)
    await signInAs(page, 'grace@example.org')
    await page.getByRole('heading', { name: 'My links' }).waitFor()
    assertNothingWrong()
    await context.close()
  },
)

test('a wrong password and a taken name are reported at the form, and the typed text stays', needsBrowser, async () => {
  const expected = ['401 /api/v1/auth/web/login', '409 /api/v1/auth/web/register']
  const { context, page, assertNothingWrong } = await newPerson(browser, { expected })
  await page.goto(`${octet.origin}/sign-in`)
  await signInAs(page, 'hedy', 'not the password')
  await page.getByRole('alert').getByText('Wrong username or password').waitFor()
  assert.equal(await page.getByLabel('Username or e-mail').inputValue(), 'hedy')

  await page.goto(`${octet.origin}/sign-up`)
  await signUpAs(page, 'hedy')
  await page.getByText('This username is taken').waitFor()
  await until(page, 'document.activeElement.name === "username"')
  assert.equal(await page.getByLabel('Password', { exact: true }).inputValue(), password)
  assertNothingWrong()
  await context.close()
})

test('a device signed out from another one must sign in, and returns to its page', needsBrowser, async () => {
  const here = await newPerson(browser)
  const there = await newPerson(browser, { expected: ['401 /api/v1/users/me/devices', '401 /api/v1/users/me'] })
  for (const { page } of [here, there]) {
    await page.goto(`${octet.origin}/sign-in?next=/account/devices`)
    await signInAs(page, 'hedy')
    await page.getByText('This device').waitFor()
  }
  await here.page.reload()
  await here.page.getByRole('button', { name: 'Sign out all others' }).click()
  await here.page.getByText('All other devices are signed out.').waitFor()
  await here.page.getByRole('button', { name: /^Sign out (?!all)/ }).waitFor({ state: 'detached' })

  await there.page.reload()
  await there.page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await signInAs(there.page, 'hedy')
  await there.page.getByRole('heading', { name: 'Devices' }).waitFor()
  here.assertNothingWrong()
  there.assertNothingWrong()
  await here.context.close()
  await there.context.close()
})

test('language and theme change at once and apply on another device', needsBrowser, async () => {
  const { context, page, assertNothingWrong } = await newPerson(browser)
  await page.goto(`${octet.origin}/sign-up?next=/account`)
  await signUpAs(page, 'linus')
  await page.getByRole('radiogroup', { name: 'Theme' }).getByText('Dark').click()
  await page.getByLabel('Language').selectOption({ label: 'Deutsch' })
  await page.getByRole('heading', { name: 'Profil und Einstellungen' }).waitFor()
  await until(page, 'document.documentElement.lang === "de"')
  await until(page, 'document.documentElement.dataset.mantineColorScheme === "dark"')
  await page.waitForLoadState('networkidle')
  assertNothingWrong()

  const elsewhere = await newPerson(browser)
  await elsewhere.page.goto(`${octet.origin}/sign-in`)
  await signInAs(elsewhere.page, 'linus')
  await elsewhere.page.getByRole('heading', { name: 'Hallo, linus' }).waitFor()
  await until(elsewhere.page, 'document.documentElement.dataset.mantineColorScheme === "dark"')
  elsewhere.assertNothingWrong()
  await elsewhere.context.close()
  await context.close()
})

test('administrators manage users; others learn who can grant access', needsBrowser, async () => {
  const plain = await newPerson(browser)
  await plain.page.goto(`${octet.origin}/sign-up?next=/admin/users`)
  await signUpAs(plain.page, 'margaret')
  await plain.page.getByText('You do not have access to this page').waitFor()
  plain.assertNothingWrong()

  const admin = await newPerson(browser)
  await admin.page.goto(`${octet.origin}/sign-in?next=/admin/users`)
  await signInAs(admin.page, 'hedy')
  await admin.page.getByRole('searchbox', { name: 'Search by username' }).fill('marg')
  await admin.page.getByRole('button', { name: 'Change roles of margaret' }).click()
  await admin.page.getByRole('checkbox', { name: 'Moderator' }).check()
  await admin.page.getByRole('button', { name: 'Save' }).click()
  await admin.page.getByText('The roles of margaret were changed.').waitFor()
  admin.assertNothingWrong()

  // The new role takes effect without signing in again, within a second on the server.
  await plain.page.reload()
  await plain.page.getByText('@margaret').waitFor()
  await admin.context.close()
  await plain.context.close()
})
