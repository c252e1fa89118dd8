/** Sign-in with a provider: a real OpenID provider, in a real browser, with and without a second factor. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
// @ts-expect-error it brings no types
import { Provider } from 'oidc-provider'
import type { Page } from 'playwright-core'
import { needsBrowser, newPerson } from './browser.ts'
import { openStage } from './story.ts'
import { codeOf } from './totp.ts'

const elsewhere = createServer((request, response) => void answer(request, response))
elsewhere.listen(0, '127.0.0.1')
await once(elsewhere, 'listening')
after(() => void elsewhere.close().closeAllConnections())
const issuer = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`

const { octet, browser } = await openStage(
  { after },
  { environment: { OCTET_OPENID: `elsewhere ${issuer} octet secret` } },
)
const redirect = `${octet?.origin ?? 'http://localhost'}/auth/callback/elsewhere`
const provider = new Provider(issuer, {
  clients: [{ client_id: 'octet', client_secret: 'secret', redirect_uris: [redirect] }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  findAccount: (_: unknown, sub: string) => ({
    accountId: sub,
    claims: () => ({ sub, email: `${sub}@people.example`, email_verified: true }),
  }),
})
const answer = provider.callback()

async function signInElsewhere(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign in with Elsewhere' }).click()
  await page.waitForURL(`${issuer}/**`)
  await page.locator('input[name=login]').fill('margaret')
  await page.locator('input[name=password]').fill('any')
  await page.locator('button[type=submit]').click()
  await page.getByRole('button', { name: 'Continue' }).click()
}

async function turnOnSecondStep(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Set up authenticator app' }).click()
  await page.getByRole('img', { name: /QR code/ }).waitFor()
  const secret = (await page.locator('form:has(svg[role=img]) code').textContent()) ?? ''
  await page.getByLabel('Code from your authenticator app').fill(codeOf(secret, -1))
  await page.keyboard.press('Enter')
  await page.getByLabel('I have saved them').check()
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByText('10 left').waitFor()
  return secret
}

test(
  'a provider account signs in, requires the second factor if enabled, and stays as the last sign-in method',
  needsBrowser,
  async () => {
    const expected = ['409 /api/v1/users/me/providers/elsewhere']
    const { context, page, assertNothingWrong } = await newPerson(browser, { expected })
    // The provider's page requests a font from the outside world.
    await context.route('https://fonts.googleapis.com/**', route =>
      route.fulfill({ contentType: 'text/css', body: '' }),
    )
    await page.goto(`${octet.origin}/sign-in?next=/account/security`)
    await signInElsewhere(page)
    await page.getByRole('heading', { name: 'Security' }).waitFor()
    await page.getByRole('button', { name: 'Set a password' }).waitFor()
    await page.getByText('margaret@people.example').first().waitFor()
    await page.getByRole('button', { name: 'Unlink Elsewhere' }).click()
    await page.getByText('Set a password first').waitFor()
    const secret = await turnOnSecondStep(page)

    await page.getByRole('button', { name: 'Account menu for margaret' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Shorten a long URL' }).waitFor()
    await page.goto(`${octet.origin}/sign-in?next=/account/devices`)
    // The provider session is still active: the browser comes back at once.
    await page.getByRole('button', { name: 'Sign in with Elsewhere' }).click()
    await page.getByRole('heading', { name: 'Two-factor authentication' }).waitFor()
    assert.equal(new URL(page.url()).hash, '', 'the challenge does not stay in the address')
    await page.getByLabel('Code from your authenticator app').fill(codeOf(secret, 0))
    await page.keyboard.press('Enter')
    await page.getByText('This device').waitFor()
    assert.equal(new URL(page.url()).pathname, '/account/devices')
    assertNothingWrong()
    await context.close()
  },
)
