/** A real browser that reports everything that should not happen during a test. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { defer, type Test } from '@octet/testkit'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { findChromium } from '../tools/runner/needs.ts'

const executablePath = await findChromium()

/** For the options of a test: without a browser the test is skipped instead of failing. */
export const needsBrowser = { skip: executablePath === undefined ? 'Chromium is not installed' : false }

const actionTimeoutMs = 30_000

/** A site of the outside world, which tests cannot reach: the browser finds it on this machine. */
export const destination = 'http://destination.example'

async function serveDestination(t: Test): Promise<number> {
  const page = '<!doctype html><title>Destination</title><link rel="icon" href="data:,"><h1>Destination</h1>'
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(page))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  defer(t, async () => void server.close().closeAllConnections())
  return (server.address() as AddressInfo).port
}

/** Starts the browser; the end of the test closes it. */
export async function openBrowser(t: Test): Promise<Browser> {
  const resolve = `--host-resolver-rules=MAP destination.example 127.0.0.1:${await serveDestination(t)}`
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']
  const browser = await chromium.launch({
    executablePath,
    args: [...args, resolve, '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
  })
  defer(t, () => browser.close())
  return browser
}

export interface Person {
  readonly context: BrowserContext
  readonly page: Page
  /** Fails when anything was reported since the last call: console, page errors, policy, failed requests. */
  readonly assertNothingWrong: () => void
}

export interface PersonOptions extends BrowserContextOptions {
  /** Answers that the test expects, as `401 /api/v1/auth/web/login`. */
  readonly expected?: readonly string[]
  /** Console errors and failed requests that the test expects. */
  readonly isTolerated?: RegExp
}

export const desktop = { viewport: { width: 1280, height: 800 } }
export const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }

function watch(page: Page, expected: readonly string[], wrong: string[]): void {
  page.setDefaultTimeout(actionTimeoutMs)
  page.on('pageerror', error => wrong.push(`page error: ${error.message}`))
  page.on('console', message => {
    if (!['error', 'warning'].includes(message.type())) return
    // The browser reports every refused request in the console; the answers themselves are judged below.
    if (!message.text().startsWith('Failed to load resource')) wrong.push(`${message.type()}: ${message.text()}`)
  })
  page.on('response', response => {
    const answer = `${response.status()} ${new URL(response.url()).pathname}`
    if (response.status() >= 400 && !expected.includes(answer)) wrong.push(`answer: ${answer}`)
  })
  page.on('requestfailed', request => {
    // Navigation cancels running requests; that is not a failure.
    const reason = request.failure()?.errorText ?? ''
    if (reason !== 'net::ERR_ABORTED') wrong.push(`request failed: ${request.url()} ${reason}`)
  })
}

/** A person with their own browser: separate cookies and storage. */
export async function newPerson(browser: Browser, options: PersonOptions = {}): Promise<Person> {
  const { expected = [], isTolerated, ...rest } = options
  // Without the word "Headless", by which Octet would take these people for bots.
  const userAgent = `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/${browser.version()} Safari/537.36`
  const place = { locale: 'en-GB', timezoneId: 'Europe/Berlin' }
  const context = await browser.newContext({ userAgent, ...place, ...desktop, ...rest })
  const wrong: string[] = []
  await context.exposeFunction('reportViolation', (text: string) => void wrong.push(`policy: ${text}`))
  await context.addInitScript(
    `addEventListener('securitypolicyviolation', event => reportViolation(event.violatedDirective + ' ' + event.blockedURI))`,
  )
  context.on('page', page => watch(page, expected, wrong))
  const page = await context.newPage()
  const isWrong = (text: string) => isTolerated === undefined || !isTolerated.test(text)
  const assertNothingWrong = () => assert.deepEqual(wrong.splice(0).filter(isWrong), [])
  return { context, page, assertNothingWrong }
}

export const password = 'correct horse battery'

/** Becomes the first administrator with the link from the terminal, with the example data. Ends on the home page. */
export async function setUpAs(page: Page, setupUrl: string, username: string): Promise<void> {
  await page.goto(setupUrl)
  await page.getByLabel('Username', { exact: true }).fill(username)
  await page.getByLabel('E-mail', { exact: true }).fill(`${username}@example.org`)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Set up Octet' }).click()
  await page.getByRole('heading', { name: `Hello, ${username}` }).waitFor()
}

/** Creates an account on the sign-up page. Ends on the page before. */
export async function signUpAs(page: Page, username: string): Promise<void> {
  await page.getByLabel('Username', { exact: true }).fill(username)
  await page.getByLabel('E-mail', { exact: true }).fill(`${username}@example.org`)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('main').getByRole('button', { name: 'Sign up' }).click()
}

export async function signInAs(page: Page, login: string, secret = password): Promise<void> {
  await page.getByLabel('Username or e-mail').fill(login)
  await page.getByLabel('Password', { exact: true }).fill(secret)
  await page.getByRole('main').getByRole('button', { name: 'Sign in', exact: true }).click()
}

interface Answer {
  readonly id: string
  readonly token: string
  readonly seq: number
  readonly data: readonly Answer[]
}

/** Calls the API as the person who is signed in on this page. */
export async function callApi(page: Page, method: string, path: string, body?: object): Promise<Answer> {
  const key = `e2e-${Math.random().toString(36).slice(2)}`
  const text = await page.evaluate(
    `(async () => {
      const headers = { 'content-type': 'application/json', 'idempotency-key': ${JSON.stringify(key)} }
      const body = ${JSON.stringify(body === undefined ? null : JSON.stringify(body))} ?? undefined
      const method = ${JSON.stringify(method)}
      const answer = await fetch(${JSON.stringify(`/api/v1${path}`)}, { method, headers, body })
      if (!answer.ok) throw new Error(answer.status + ' ' + (await answer.text()))
      return answer.text()
    })()`,
  )
  return JSON.parse(String(text) || '{}') as Answer
}

const pollMs = 50

/**
 * Waits until the expression is true in the page. Playwright's own function needs `eval` there; the policy refuses it.
 */
export async function until(page: Page, expression: string): Promise<void> {
  const deadlineMs = performance.now() + actionTimeoutMs
  while (!(await page.evaluate(`Boolean(${expression})`))) {
    if (performance.now() > deadlineMs) throw new Error(`never came true: ${expression}`)
    await new Promise(resolve => setTimeout(resolve, pollMs))
  }
}
