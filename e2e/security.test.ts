/** Protection of an account, in a real browser: second factors, passkeys, keys, personal data; by keyboard alone. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { CDPSession, Page } from 'playwright-core'
import { needsBrowser, newPerson, password, setUpAs, signInAs, signUpAs, until } from './browser.ts'
import { press, type } from './keyboard.ts'
import { openStage } from './story.ts'
import { codeOf } from './totp.ts'

const { octet, browser } = await openStage({ after })

before(async () => {
  if (needsBrowser.skip !== false) return
  const { page, context } = await newPerson(browser)
  await setUpAs(page, octet.setupUrl, 'hedy')
  await context.close()
})

/** Opens a page with the command palette. */
async function command(page: Page, words: string): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.type(words)
  await page.getByRole('option', { name: words }).first().waitFor()
  await page.keyboard.press('Enter')
}

async function setUpTotp(page: Page): Promise<string> {
  await command(page, 'Go to security')
  await press(page, page.getByRole('button', { name: 'Set up authenticator app' }))
  await page.getByRole('img', { name: /QR code/ }).waitFor()
  const secret = (await page.locator('form:has(svg[role=img]) code').textContent()) ?? ''
  await type(page, page.getByLabel('Code from your authenticator app'), codeOf(secret, -1))
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Recovery codes' }).waitFor()
  return secret
}

test(
  'by keyboard alone: an app as second factor, an API key and its revocation, an export, and deletion',
  needsBrowser,
  async () => {
    const expected = ['401 /api/v1/auth/web/login', '401 /api/v1/users/me']
    const { context, page, assertNothingWrong } = await newPerson(browser, { expected })
    await page.goto(`${octet.origin}/sign-up`)
    await type(page, page.getByLabel('Username', { exact: true }), 'grace')
    await type(page, page.getByLabel('E-mail', { exact: true }), 'grace@example.org')
    await type(page, page.getByLabel('Password', { exact: true }), password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Hello, grace' }).waitFor()

    const secret = await setUpTotp(page)
    assert.equal(await page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem').count(), 10)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      press(page, page.getByRole('button', { name: 'Save as a file' })),
    ])
    assert.equal(download.suggestedFilename(), 'octet-recovery-codes-grace.txt')
    await press(page, page.getByLabel('I have saved them'), 'Space')
    await press(page, page.getByRole('button', { name: 'Done' }))
    await page.getByText('10 left').waitFor()

    await command(page, 'Sign out')
    await page.getByRole('heading', { name: 'Shorten a long URL' }).waitFor()
    await press(page, page.getByRole('link', { name: 'Sign in' }).first())
    await type(page, page.getByLabel('Username or e-mail'), 'grace')
    await type(page, page.getByLabel('Password', { exact: true }), password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Two-factor authentication' }).waitFor()
    await type(page, page.getByLabel('Code from your authenticator app'), codeOf(secret, 0))
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Hello, grace' }).waitFor()

    await useApiKey(page)
    await fetchArchive(page)
    await sayGoodbye(page)
    assertNothingWrong()
    await context.close()
  },
)

async function useApiKey(page: Page): Promise<void> {
  await command(page, 'Create an API key')
  // A missing value is reported at its field, and the first such field has the focus.
  await press(page, page.getByRole('main').getByRole('button', { name: 'Create API key' }))
  await until(page, 'document.activeElement.name === "name"')
  await type(page, page.getByLabel('Name'), 'backup script')
  await page.reload()
  assert.equal(await page.getByLabel('Name').inputValue(), 'backup script', 'the draft survives a reload')
  await press(page, page.getByRole('checkbox', { name: 'account:read' }), 'Space')
  await press(page, page.getByRole('main').getByRole('button', { name: 'Create API key' }))
  const key = (await page.getByTestId('api-key').textContent()) ?? ''
  assert.match(key, /^oct_pat_/)
  const ask = () => fetch(`${octet.origin}/api/v1/users/me`, { headers: { authorization: `Bearer ${key}` } })
  const answer = await ask()
  assert.equal(((await answer.json()) as { username: string }).username, 'grace')

  await press(page, page.getByRole('link', { name: 'Back to your API keys' }))
  await press(page, page.getByRole('button', { name: 'Revoke backup script' }))
  await page.getByText('backup script is revoked.').waitFor()
  await page.getByText('No API keys yet').waitFor()
  // Leaving the page carries out at once the actions that could still be undone.
  await page.reload()
  await page.getByText('No API keys yet').waitFor()
  assert.equal((await ask()).status, 401)
}

async function fetchArchive(page: Page): Promise<void> {
  await command(page, 'Export or delete your data')
  await press(page, page.getByRole('button', { name: 'Create an export' }))
  const download = page.getByRole('button', { name: 'Download' })
  await download.waitFor()
  const [archive] = await Promise.all([page.waitForEvent('download'), press(page, download)])
  assert.equal(archive.suggestedFilename(), 'octet-data.zip')
  assert.equal(await archive.failure(), null)
}

async function sayGoodbye(page: Page): Promise<void> {
  await press(page, page.getByRole('button', { name: 'Delete account…' }))
  await type(page, page.getByLabel('Type grace to confirm'), 'grace')
  await press(page, page.getByRole('button', { name: 'Delete my account' }))
  await page.getByRole('heading', { name: 'Your account will be deleted' }).waitFor()
  await page.getByText(/It will be deleted permanently on/).waitFor()
}

/**
 * An authenticator that stores passkeys and always agrees: built in, or a security key. Only a built-in one is offered
 * without a click.
 */
async function plugIn(devices: CDPSession, transport: 'internal' | 'usb'): Promise<string> {
  const { authenticatorId } = await devices.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport, hasResidentKey: true, hasUserVerification: true },
      ...{ isUserVerified: true, automaticPresenceSimulation: true },
    },
  })
  return authenticatorId
}

async function makePasskey(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add passkey' }).click()
  await page.getByLabel('Name', { exact: true }).fill('My laptop')
  await page.getByLabel('Also require it after the password').check()
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('heading', { name: 'Recovery codes' }).waitFor()
  await page.getByLabel('I have saved them').check()
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByText('My laptop').waitFor()
}

async function removePasskey(page: Page): Promise<void> {
  await page.goto(`${octet.origin}/account/security`)
  await page.getByRole('button', { name: 'Rename My laptop' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Old laptop')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('button', { name: 'Remove Old laptop' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
  await page.getByText('Old laptop removed.').waitFor()
}

test(
  'a passkey made in the browser signs in alone, after a password, and by autofill; a removed one does not',
  needsBrowser,
  async () => {
    const expected = ['401 /api/v1/auth/web/login', '401 /api/v1/auth/web/passkeys/login']
    const { context, page, assertNothingWrong } = await newPerson(browser, { expected })
    const home = page.getByRole('heading', { name: 'Hello, ada' })
    const devices = await context.newCDPSession(page)
    await devices.send('WebAuthn.enable')
    const key = await plugIn(devices, 'usb')
    await page.goto(`${octet.origin}/sign-up?next=/account/security`)
    await signUpAs(page, 'ada')
    await makePasskey(page)
    const { credentials } = await devices.send('WebAuthn.getCredentials', { authenticatorId: key })
    assert.equal(credentials.length, 1)

    // Alone, from the button: no name, no password.
    await signOut(page, 'ada')
    await page.goto(`${octet.origin}/sign-in`)
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await home.waitFor()

    await signOut(page, 'ada')
    await page.goto(`${octet.origin}/sign-in`)
    await signInAs(page, 'ada')
    await page.getByRole('button', { name: 'Use your passkey' }).click()
    await home.waitFor()

    // The device offers it in the field of the user name: no click is needed.
    await signOut(page, 'ada')
    const used = await devices.send('WebAuthn.getCredentials', { authenticatorId: key })
    const builtIn = await plugIn(devices, 'internal')
    for (const credential of used.credentials) {
      await devices.send('WebAuthn.addCredential', { authenticatorId: builtIn, credential })
    }
    await page.goto(`${octet.origin}/sign-in`)
    await home.waitFor()

    await removePasskey(page)
    await devices.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: builtIn })
    await signOut(page, 'ada')
    await page.goto(`${octet.origin}/sign-in`)
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.getByText('You cannot sign in here with this passkey.').waitFor()
    assertNothingWrong()
    await context.close()
  },
)

async function signOut(page: Page, username: string): Promise<void> {
  await page.getByRole('button', { name: `Account menu for ${username}` }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Shorten a long URL' }).waitFor()
}

/**
 * Answers the next request of this kind as ten minutes after the last sign-in; all other answers are the real server's.
 */
async function beStaleOnce(page: Page, pattern: string): Promise<void> {
  const body = { type: '/docs', title: 'Confirm first that it is you.', status: 403, code: 'fresh-sign-in-required' }
  await page.route(pattern, route => route.fulfill({ status: 403, json: body }), { times: 1 })
}

test(
  'an operation that requires a fresh sign-in asks for it in a dialog, and then continues',
  needsBrowser,
  async () => {
    const stale = ['403 /api/v1/users/me/password', '401 /api/v1/auth/web/step-up']
    const { context, page, assertNothingWrong } = await newPerson(browser, { expected: stale })
    await page.goto(`${octet.origin}/sign-up?next=/account/security`)
    await signUpAs(page, 'linus')
    await page.getByLabel('New password').fill('a much longer pass phrase')
    await page.getByText('Strong.').waitFor()
    await beStaleOnce(page, '**/users/me/password')
    await page.getByRole('button', { name: 'Change password' }).click()
    const dialog = page.getByRole('dialog', { name: 'Confirm it’s you' })
    await dialog.getByLabel('Password', { exact: true }).fill('not the password')
    await page.keyboard.press('Enter')
    await dialog.getByText('Wrong password.').waitFor()
    await dialog.getByLabel('Password', { exact: true }).fill(password)
    await page.keyboard.press('Enter')
    await page.getByText('Password changed.').waitFor()

    // Refusing to confirm changes nothing, shows a message, and keeps the typed text.
    await page.getByLabel('New password').fill('yet another pass phrase')
    await beStaleOnce(page, '**/users/me/password')
    await page.getByRole('button', { name: 'Change password' }).click()
    await dialog.getByLabel('Password', { exact: true }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByText('Nothing was changed: confirm that it is you first').waitFor()
    assert.equal(await page.getByLabel('New password').inputValue(), 'yet another pass phrase')
    assertNothingWrong()
    await context.close()
  },
)
