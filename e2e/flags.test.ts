/** An administrator turns a feature off on the page of flags, and visitors notice. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { needsBrowser, newPerson, setUpAs, signUpAs } from './browser.ts'
import { openStage } from './story.ts'

const { octet, browser } = await openStage({ after })

test('an administrator turns registrations off and on again, without a restart', needsBrowser, async () => {
  const admin = await newPerson(browser)
  await setUpAs(admin.page, octet.setupUrl, 'ada')
  await admin.page.goto(`${octet.origin}/admin/flags`)
  const state = admin.page.getByLabel('State of identity.registrations')
  await state.selectOption({ label: 'Off' })
  await admin.page.getByText('Saved: identity.registrations.').waitFor()
  await admin.page.reload()
  assert.equal(await state.inputValue(), '0')

  const visitor = await newPerson(browser, { expected: ['403 /api/v1/auth/web/register'] })
  await visitor.page.goto(`${octet.origin}/sign-up`)
  await visitor.page.getByLabel('Username').fill('grace')
  await visitor.page.getByLabel('E-mail', { exact: true }).fill('grace@example.org')
  await visitor.page.getByLabel('Password', { exact: true }).fill('correct horse battery')
  await visitor.page.getByRole('main').getByRole('button').last().click()
  await visitor.page.getByText('New accounts cannot be created at the moment.').first().waitFor()

  await state.selectOption({ label: 'Default (on)' })
  await admin.page.getByText('Saved: identity.registrations.').waitFor()
  await visitor.page.reload()
  await signUpAs(visitor.page, 'grace')
  await visitor.page.getByText('Confirm that grace@example.org is yours').waitFor()
  await admin.page.goto(`${octet.origin}/account/activity`)
  await admin.page.getByText('Feature flag identity.registrations set to default.').waitFor()
  admin.assertNothingWrong()
  visitor.assertNothingWrong()
})
