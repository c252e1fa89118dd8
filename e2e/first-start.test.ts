/** The first minute: from an empty folder to a short link that works. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { destination, needsBrowser, newPerson, openBrowser, setUpAs, until } from './browser.ts'
import { startOctet } from './octet.ts'

const goalMs = 60_000
const statsTimeoutMs = 60_000

test(
  'from an empty data directory to the first short link followed in a minute, without an error',
  needsBrowser,
  async t => {
    const startedMs = performance.now()
    const octet = await startOctet(t, { isEmbedded: true })
    const browser = await openBrowser(t)
    const { context, page, assertNothingWrong } = await newPerson(browser)

    await setUpAs(page, octet.setupUrl, 'ada')
    assert.equal(new URL(page.url()).hash, '', 'the token does not stay in the address')
    const tile = page.getByRole('region', { name: 'Links' })
    assert.match((await tile.textContent()) ?? '', /[\d,]{3,}clicks on \d+ links/, 'the home page is alive at once')

    await page.keyboard.press('c')
    const dialog = page.getByRole('dialog', { name: 'Create link' })
    await dialog.getByRole('textbox', { name: 'URL to shorten' }).fill(`${destination}/a/long/address`)
    await page.keyboard.press('Enter')
    const created = dialog.getByRole('region', { name: 'New short link' })
    const shortUrl = (await created.getByRole('link').first().getAttribute('href')) ?? ''
    assert.ok(shortUrl.startsWith(`${octet.origin}/s/`), shortUrl)
    await until(page, `document.activeElement.getAttribute('aria-label') === 'Copy short link ${code(shortUrl)}'`)

    const visitor = await context.newPage()
    await visitor.goto(shortUrl)
    assert.equal(visitor.url(), `${destination}/a/long/address`)
    await visitor.close()

    await created.getByRole('link', { name: 'Details' }).click()
    await page.getByRole('heading', { level: 1, name: code(shortUrl) }).waitFor()
    await page.locator('dt:text-is("Total clicks") + dd:text-is("1")').waitFor({ timeout: statsTimeoutMs })
    const tookMs = performance.now() - startedMs
    assertNothingWrong()
    assert.ok(tookMs <= goalMs, `took ${Math.round(tookMs / 1000)} s`)
    t.diagnostic(`${(tookMs / 1000).toFixed(1)} s from nothing to the first click counted`)

    await page.goto(octet.setupUrl)
    await page.getByRole('heading', { name: 'Octet is already set up' }).waitFor()
  },
)

function code(shortUrl: string): string {
  return shortUrl.slice(shortUrl.lastIndexOf('/') + 1)
}
