/** Files, previews, presence and notifications between two people; file names and texts of sites are never markup. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { defer, type Test } from '@octet/testkit'
import type { Page } from 'playwright-core'
import { callApi, needsBrowser, newPerson, signInAs, until } from './browser.ts'
import { makePng } from './png.ts'
import { adaAndBob, openStage, type Speaker } from './story.ts'

const { octet, browser } = await openStage({ after }, { environment: { OCTET_OUTBOUND_ALLOW: '127.0.0.1/32' } })

let ada: Speaker
let bob: Speaker

/** The test expects refusals, a deleted file and a broken connection. */
const story = /answer: 415 \/chat\/rooms|answer: 404 \/chat\/files|ERR_CONNECTION_RESET/

before(async () => {
  if (needsBrowser.skip !== false) return
  ;({ ada, bob } = await adaAndBob({ octet, browser }, { isTolerated: story }))
  for (const { page } of [ada, bob]) page.on('dialog', dialog => assert.fail(`a dialog: ${dialog.message()}`))
})

async function makeRoom(name: string): Promise<string> {
  const { id } = await callApi(ada.page, 'POST', '/chat/rooms', { name })
  await callApi(bob.page, 'POST', `/chat/rooms/${id}/join`, {})
  return id
}

async function enterRoom(name: string): Promise<string> {
  const id = await makeRoom(name)
  for (const { page } of [ada, bob]) {
    await page.goto(`${octet.origin}/chat/${id}`)
    await page.locator('[data-composer]').waitFor()
  }
  return id
}

interface Upload {
  readonly name: string
  readonly buffer: Buffer
}

const text = (name: string, content: string): Upload => ({ name, buffer: Buffer.from(content) })

/** Picks files from the disk: sending 26 MB through the browser's debugger took over 30 s beside a busy core. */
async function addFiles(page: Page, ...files: Upload[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'octet-picked-'))
  after(() => rm(folder, { recursive: true, force: true }))
  const paths = files.map(({ name }) => join(folder, name))
  await Promise.all(files.map(({ buffer }, index) => writeFile(paths[index] as string, buffer)))
  await page.locator('[data-files]').setInputFiles(paths)
}
const tray = (page: Page) => page.getByRole('list', { name: 'Files to send' })
const ready = (page: Page, count: number) =>
  until(page, `document.querySelectorAll('[data-state=ready]').length === ${count}`)
const send = (page: Page) => page.getByRole('button', { name: 'Send', exact: true }).click()

test('a picture and a text reach the other member; file names are plain text', needsBrowser, async () => {
  await enterRoom('Pictures')
  const hostile = '<img src=x onerror=alert(1)>.txt'
  await addFiles(ada.page, { name: 'sun.png', buffer: makePng(640, 400) }, text(hostile, 'hi'))
  await ready(ada.page, 2)
  await ada.page.locator('[data-composer]').fill('two of them')
  await ada.page.locator('[data-composer]').press('Enter')
  await tray(ada.page).waitFor({ state: 'detached' })
  const said = bob.page.locator('[data-message]', { hasText: 'two of them' })
  const picture = said.getByRole('button', { name: 'Open picture sun.png' })
  // The picture's space is reserved before its bytes arrive.
  const size = { width: 360, height: 225 }
  const { width, height } = await picture.locator('img').evaluate(img => img.getBoundingClientRect())
  assert.deepEqual({ width, height }, size)
  await until(bob.page, `document.querySelector('[data-message] img')?.naturalWidth > 0`)

  const other = said.getByRole('link', { name: hostile })
  assert.equal(await said.locator('img').count(), 1)
  const [download] = await Promise.all([bob.page.waitForEvent('download'), other.click()])
  assert.match(download.suggestedFilename(), /\.txt$/)

  await picture.focus()
  await bob.page.keyboard.press('Enter')
  const dialog = bob.page.getByRole('dialog', { name: 'sun.png' })
  await dialog.getByText('640 × 400').waitFor()
  await until(bob.page, `document.querySelector('[role=dialog] img').naturalWidth === 640`)
  await bob.page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await until(bob.page, `document.activeElement.getAttribute('aria-label') === 'Open picture sun.png'`)
  ada.assertNothingWrong()
  bob.assertNothingWrong()
})

const svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="window.wasRun=1"><script>window.wasRun=1</script></svg>'

test(
  'a file that is too large, empty or of another type is refused; an SVG is only downloaded',
  needsBrowser,
  async () => {
    await enterRoom('Refusals')
    const large = { name: 'large.bin', buffer: Buffer.alloc(26 * 1024 * 1024) }
    await addFiles(ada.page, text('drawing.png', svg), text('empty.txt', ''), text('drawing.svg', svg), large)
    await tray(ada.page).getByText('This file was rejected').waitFor()
    await tray(ada.page).getByText('The file is empty.').waitFor()
    await tray(ada.page).getByText('The limit is 25 MB').waitFor()
    await ready(ada.page, 1)
    const sendButton = ada.page.getByRole('button', { name: 'Send', exact: true })
    assert.equal(await sendButton.isDisabled(), true)
    for (const name of ['drawing.png', 'empty.txt', 'large.bin']) {
      await ada.page.getByRole('button', { name: `Remove ${name}` }).click()
    }
    await send(ada.page)
    const link = bob.page.getByRole('link', { name: 'drawing.svg' })
    await link.waitFor()
    const disposition = `fetch(${JSON.stringify(await link.getAttribute('href'))})
    .then(answer => answer.headers.get('content-disposition') + answer.headers.get('content-type'))`
    assert.match(String(await bob.page.evaluate(disposition)), /^attachment.*octet-stream$/)
    assert.equal(await bob.page.locator('[data-message] img').count(), 0)
    assert.equal(await bob.page.evaluate('window.wasRun'), undefined)
    ada.assertNothingWrong()
    bob.assertNothingWrong()
  },
)

test('a large upload resumes where the connection broke; files come by paste and drop too', needsBrowser, async () => {
  await enterRoom('Large')
  const { page } = ada
  const offsets: string[] = []
  await page.route('**/chat/uploads/*', async (route, request) => {
    if (request.method() === 'PATCH') offsets.push(request.headers()['upload-offset'] ?? '')
    await (offsets.length === 2 ? route.abort('connectionreset') : route.continue())
  })
  await addFiles(page, { name: 'long.bin', buffer: Buffer.alloc(9 * 1024 * 1024, 7) })
  await ready(page, 1)
  await page.unroute('**/chat/uploads/*')
  assert.deepEqual(offsets, ['0', '8388608', '8388608'])

  await page.evaluate(`(() => {
    const holding = (name, content) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([content], name))
      return transfer
    }
    const bubbles = { bubbles: true, cancelable: true }
    const field = document.querySelector('[data-composer]')
    field.dispatchEvent(new ClipboardEvent('paste', { ...bubbles, clipboardData: holding('pasted.txt', 'a') }))
    const dataTransfer = holding('dropped.txt', 'b')
    const log = document.querySelector('[role=log]')
    log.dispatchEvent(new DragEvent('dragover', { ...bubbles, dataTransfer }))
    log.dispatchEvent(new DragEvent('drop', { ...bubbles, dataTransfer }))
  })()`)
  await ready(page, 3)
  await send(page)
  for (const name of ['long.bin', 'pasted.txt', 'dropped.txt']) await bob.page.getByRole('link', { name }).waitFor()
  assert.equal(await bob.page.getByText('9 MB').count(), 1)
  ada.assertNothingWrong()
  bob.assertNothingWrong()
})

/** A site with a page that describes itself, with hostile content. */
async function serveSite(t: Test): Promise<string> {
  const title = 'A page &lt;img src=x onerror=alert(1)&gt;'
  const page = `<!doctype html><title>x</title><meta property="og:title" content="${title}">
    <meta property="og:description" content="What it is about"><meta property="og:site_name" content="The site">
    <meta property="og:image" content="/sun.png">`
  const server = createServer((request, response) => {
    const isPicture = request.url === '/sun.png'
    response.setHeader('content-type', isPicture ? 'image/png' : 'text/html').end(isPicture ? makePng(200, 200) : page)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  defer(t, async () => void server.close().closeAllConnections())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

test(
  'uploaded files survive a reload; an unfinished upload is named, a deleted one is gone',
  needsBrowser,
  async () => {
    const roomId = await enterRoom('Kept')
    const { page } = ada
    await addFiles(page, text('kept.txt', 'k'), text('swept.txt', 's'))
    await ready(page, 2)
    await page.route('**/files?name=slow.txt', () => undefined)
    await addFiles(page, text('slow.txt', 'never'))
    await page.getByLabel('Uploading slow.txt').waitFor()
    const draft = `Object.entries(localStorage).find(([key]) => key.includes('chat-files.${roomId}'))?.[1]`
    const { arrived } = JSON.parse(String(await page.evaluate(draft))) as { arrived: { id: string; name: string }[] }
    await callApi(page, 'DELETE', `/chat/files/${arrived.find(({ name }) => name === 'swept.txt')?.id}`)

    await page.reload()
    await ready(page, 1)
    await tray(page).getByText('The upload was interrupted when you left the page.').waitFor()
    await tray(page).getByText('swept.txt').waitFor({ state: 'detached' })
    await page.unroute('**/files?name=slow.txt')
    await page.getByRole('button', { name: 'Remove slow.txt' }).click()
    await send(page)
    await bob.page.getByRole('link', { name: 'kept.txt' }).waitFor()
    assert.equal(await page.evaluate(draft), undefined)
    await page.reload()
    await page.locator('[data-message]', { hasText: 'kept.txt' }).waitFor()
    assert.equal(await tray(page).count(), 0)
    ada.assertNothingWrong()
  },
)

test('an address gets a text preview with a picture that the server stores', needsBrowser, async t => {
  await enterRoom('Previews')
  const site = await serveSite(t)
  await ada.page.locator('[data-composer]').fill(`look at ${site}`)
  await ada.page.locator('[data-composer]').press('Enter')
  const preview = bob.page.getByRole('link', { name: 'The site A page <img src=x onerror=alert(1)> What it is about' })
  await preview.waitFor()
  assert.equal(await preview.getAttribute('href'), site)
  assert.match((await preview.locator('img').getAttribute('src')) ?? '', /^\/chat\/files\//)
  await until(bob.page, `document.querySelector('[data-message] img').naturalWidth > 0`)
  bob.assertNothingWrong()
})

test('the menu of a message reports it and blocks its author, and unblocks at once', needsBrowser, async () => {
  const roomId = await enterRoom('Trouble')
  await callApi(bob.page, 'POST', `/chat/rooms/${roomId}/messages`, { cmid: 'trouble-1', body: 'buy my coins' })
  const said = ada.page.locator('[data-message]', { hasText: 'buy my coins' })
  const choose = async (name: string) => {
    await said.hover()
    await said.getByRole('button', { name: 'More actions' }).click()
    await ada.page.getByRole('menuitem', { name }).click()
  }
  await choose('Report message')
  const dialog = ada.page.getByRole('dialog', { name: 'Report a message from bob' })
  await dialog.getByText('buy my coins').waitFor()
  await dialog.getByLabel('What happened?').fill('spam in every room')
  await dialog.getByRole('button', { name: 'Send report' }).click()
  await ada.page.getByText('Thank you. The moderators will look into it.').waitFor()
  await dialog.waitFor({ state: 'detached' })
  const { data } = await callApi(ada.page, 'GET', '/reports?state=open')
  assert.equal(data.length, 1)

  await choose('Block bob')
  await ada.page.getByText('You blocked bob.').waitFor()
  assert.equal((await callApi(ada.page, 'GET', '/users/me/blocks')).data.length, 1)
  await ada.page.getByRole('button', { name: 'Undo' }).click()
  await ada.page.getByText('You unblocked bob.').waitFor()
  ada.assertNothingWrong()
})

/** Replaces the browser's own notifications, which a test cannot see, and hides the window. */
const notifications = `
  window.told = []
  window.Notification = class {
    static permission = 'default'
    static requestPermission = async () => (Notification.permission = 'granted')
    constructor(title, { body }) { told.push(title + ': ' + body) }
    close() {}
  }
  document.hasFocus = () => !window.isAway
`
const told = async (page: Page) => (await page.evaluate('told')) as string[]

test(
  'browser notifications, once enabled, report direct messages and mentions while the page is hidden; muted rooms and do not disturb are silent',
  needsBrowser,
  async () => {
    const { page, context, assertNothingWrong } = await newPerson(browser)
    await context.addInitScript(notifications)
    const [notices, muted] = [await makeRoom('Notices'), await makeRoom('Muted')]
    const direct = (await callApi(ada.page, 'POST', '/chat/direct', { userIds: [bob.id] })).id
    await callApi(bob.page, 'PUT', `/chat/rooms/${muted}/preferences`, { notify: 'nothing' })
    const adaSays = (roomId: string, body: string) =>
      callApi(ada.page, 'POST', `/chat/rooms/${roomId}/messages`, { body, cmid: crypto.randomUUID() })

    await page.goto(`${octet.origin}/sign-in?next=/chat`)
    await signInAs(page, 'bob')
    const presence = page.getByRole('button', { name: 'Presence' })
    await presence.click()
    await page.getByRole('switch', { name: 'Notify me in this browser' }).click()
    await until(page, 'told.length === 1')
    await page.keyboard.press('Escape')
    await adaSays(direct, 'in plain sight')
    await page
      .getByRole('link', { name: /ada.*1 unread/ })
      .first()
      .waitFor()
    await page.getByRole('link', { name: 'Home' }).first().click()
    await page.evaluate('window.isAway = true, dispatchEvent(new Event("blur"))')

    await adaSays(muted, `<@${bob.id}> psst`)
    await adaSays(notices, 'hello all')
    await adaSays(notices, `<@${bob.id}> look`)
    await until(page, 'told.length === 2')
    await adaSays(direct, 'are you **there**?')
    await until(page, 'told.length === 3')
    assert.deepEqual((await told(page)).slice(1), ['Notices: @bob look', 'ada: are you there?'])
    // Other tests have left bob unread messages as well.
    await until(page, 'document.title.startsWith("(")')

    await page.goBack()
    await presence.click()
    await page.getByRole('button', { name: 'For 1 hour' }).click()
    await until(page, '!document.title.startsWith("(")')
    await adaSays(direct, 'hush')
    await page
      .getByRole('link', { name: /ada.*3 unread/ })
      .first()
      .waitFor({ state: 'attached' })
    await page.getByRole('button', { name: 'End now' }).click()
    await until(page, 'document.title.startsWith("(")')
    await adaSays(direct, 'awake')
    await until(page, 'told.length === 4')
    assert.equal((await told(page)).at(-1), 'ada: awake')
    assertNothingWrong()
    await context.close()
  },
)

test(
  'the presence of the other person is shown beside the name; a person who hides or leaves is offline',
  needsBrowser,
  async () => {
    const { id } = await callApi(ada.page, 'POST', '/chat/direct', { userIds: [bob.id] })
    await ada.page.goto(`${octet.origin}/chat/${id}?panel=members`)
    const header = ada.page.getByRole('banner').or(ada.page.locator('header')).filter({ hasText: 'bob' })
    await header.getByText('online').waitFor()
    await ada.page.getByRole('list', { name: 'People' }).getByText('@bob · online').waitFor()

    await bob.page.goto(`${octet.origin}/chat`)
    await bob.page.getByRole('link', { name: /ada.*online|online.*ada/s }).waitFor()
    await bob.page.getByRole('button', { name: 'Presence' }).click()
    const hiding = bob.page.getByRole('switch', { name: 'Show when I’m online' })
    await hiding.click()
    await header.getByText('offline').waitFor()
    await hiding.click()
    await header.getByText('online').waitFor()
    await bob.page.getByRole('button', { name: 'For 1 hour' }).click()
    await bob.page.getByText(/paused until /).waitFor()
    bob.assertNothingWrong()
    // A person who only reloads is not offline: that takes ten to twenty seconds.
    await bob.page.goto('about:blank')
    await header.getByText('last seen').waitFor()
    ada.assertNothingWrong()
  },
)
