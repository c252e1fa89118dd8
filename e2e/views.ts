/** The views of every page that are looked at: a path, and what to do there before looking. */
import type { Page } from 'playwright-core'
import { callApi } from './browser.ts'
import { makePng } from './png.ts'

/** Where a room with something of everything is. */
export interface RoomToSee {
  readonly roomPath: string
  readonly threadId: string
}

/** Uploads a file for a message; its id. */
async function putFile(page: Page, roomId: string, name: string, content: Buffer): Promise<string> {
  const path = `/chat/rooms/${roomId}/files?name=${encodeURIComponent(name)}`
  const id = await page.evaluate(
    `(async () => {
      const body = Uint8Array.fromBase64(${JSON.stringify(content.toString('base64'))})
      const answer = await fetch(${JSON.stringify(path)}, { method: 'POST', body })
      return (await answer.json()).id
    })()`,
  )
  return String(id)
}

/** A room with something of everything in it. */
export async function makeRoom(page: Page): Promise<RoomToSee> {
  const room = await callApi(page, 'POST', '/chat/rooms', { name: 'Every page', topic: 'What axe looks at' })
  const words = ['Hello **there**, `code` and https://example.org', '> quoted\n\n```\nlet a = 1\n```', 'Good morning']
  const say = (body: string, more = {}) =>
    callApi(page, 'POST', `/chat/rooms/${room.id}/messages`, { body, cmid: `every-page-${body.length}`, ...more })
  const [first] = [await say(words[0] ?? ''), await say(words[1] ?? '')]
  await say(words[2] ?? '', { replyToId: first?.id })
  await say('In the thread', { threadId: first?.id })
  const fileIds = [
    await putFile(page, room.id, 'sun.png', makePng(640, 400)),
    await putFile(page, room.id, 'notes.txt', Buffer.from('What to bring')),
  ]
  await say('With two files', { fileIds })
  await callApi(page, 'PUT', `/chat/rooms/${room.id}/messages/${first?.id}/reactions`, { emoji: '🎉', on: true })
  await callApi(page, 'PUT', `/chat/rooms/${room.id}/messages/${first?.id}/pin`, { on: true })
  return { roomPath: `/chat/${room.id}`, threadId: first?.id ?? '' }
}

export interface View {
  readonly path: string
  /** What to do before looking, e.g. opening a menu. */
  readonly act?: (page: Page) => Promise<unknown>
}

export const dialogOf = (page: Page) => page.getByRole('dialog').waitFor()

async function addRuleAndSplit(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add rule' }).click()
  await page.getByRole('button', { name: 'Add condition' }).click()
  await page.getByRole('menuitem', { name: 'Country is one of' }).click()
  await page.getByRole('button', { name: 'Start a split test' }).click()
  await page.getByRole('button', { name: 'Save' }).click()
}

async function addDomain(page: Page): Promise<void> {
  await page.getByLabel('Host').fill('go.example.org')
  await page.getByRole('button', { name: 'Add domain' }).click()
  await page.getByRole('button', { name: 'Check now' }).waitFor()
}

async function openWebhook(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add webhook' }).click()
  await page.getByLabel('Address to call').fill('https://example.org/hooks')
  await page.getByRole('button', { name: 'Add webhook' }).click()
  await page.getByText('shown only now').waitFor()
  await page.getByRole('link', { name: 'example.org/hooks' }).click()
  await page.getByRole('button', { name: 'Send test message' }).click()
  await page.getByText('A test message is on its way').waitFor()
  await page
    .getByRole('button', { name: /^Details of/ })
    .first()
    .click()
  await page.getByRole('heading', { name: 'Request' }).waitFor()
}

/** One that is there, and the form of another one. */
async function makeTemplate(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'New template' }).click()
  await page.getByLabel('Name of the template').fill('Spring newsletter')
  await page.getByLabel('Source').fill('newsletter')
  await page.getByLabel('Medium').fill('email')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('utm_source=newsletter').waitFor()
  await page.getByRole('button', { name: 'New template' }).click()
  await page.getByRole('button', { name: 'Save' }).click()
}

async function openCampaign(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Options' }).click()
  await page.getByRole('button', { name: 'Campaign parameters' }).click()
}
const roomShown = (page: Page) => page.getByText('Good morning').waitFor()

export const visitorViews: readonly View[] = [
  { path: '/' },
  { path: '/sign-in' },
  { path: '/sign-up', act: page => page.getByRole('main').getByRole('button').last().click() },
  { path: '/welcome' },
  { path: '/sign-in?problem=identity.provider-refused' },
  { path: '/forgot-password' },
  { path: '/reset-password#token=made-up', act: page => page.getByLabel('New password').fill('tr0ub4dor') },
  { path: '/undo-email-change#token=made-up' },
  { path: '/goodbye?until=2030-01-01T00:00:00Z' },
  { path: '/leaked-key' },
  { path: '/sign-in#challenge=made-up&factors=totp+recovery-code+passkey&returnTo=/' },
  { path: '/nowhere' },
  { path: '/stats/nothing-to-see' },
]

export const linkViews = (linkPath: string): readonly View[] => [
  { path: '/links' },
  { path: '/links', act: page => page.getByRole('button', { name: 'Options' }).click() },
  {
    path: '/links',
    act: page =>
      page
        .getByRole('button', { name: /Actions for/ })
        .first()
        .click(),
  },
  { path: '/links?q=nothing-like-it' },
  { path: '/links?archived=true' },
  {
    path: '/links',
    act: page => page.getByRole('checkbox', { name: 'Select all links shown' }).check(),
  },
  { path: '/links/campaigns' },
  { path: '/links/campaigns', act: makeTemplate },
  { path: '/links', act: openCampaign },
  { path: '/links/organize' },
  {
    path: '/links/organize',
    act: page =>
      page
        .getByRole('button', { name: /^Rename/ })
        .first()
        .click(),
  },
  { path: '/links/files' },
  { path: '/links/domains', act: addDomain },
  { path: '/links/webhooks', act: page => page.getByRole('button', { name: 'Add webhook' }).click() },
  { path: '/links/webhooks', act: openWebhook },
  { path: linkPath },
  { path: linkPath, act: page => page.getByRole('button', { name: 'Show as table' }).click() },
  {
    path: linkPath,
    act: page =>
      page
        .getByRole('button', { name: 'API' })
        .click()
        .then(() => dialogOf(page)),
  },
  {
    path: linkPath,
    act: page =>
      page
        .getByRole('button', { name: 'QR code' })
        .click()
        .then(() => page.getByRole('img', { name: /QR code of/ }).waitFor()),
  },
  { path: `${linkPath}/routing` },
  { path: `${linkPath}/routing`, act: addRuleAndSplit },
]

/** One that is ready and one that is refused. */
async function addFiles(page: Page): Promise<void> {
  const files = ['ready.txt', 'refused.txt'].map(name => ({
    name,
    mimeType: 'text/plain',
    buffer: Buffer.from(name === 'ready.txt' ? name : ''),
  }))
  await page.locator('[data-files]').setInputFiles(files)
  await page.getByText('The file is empty.').waitFor()
  await page.locator('[data-state=ready]').waitFor()
}

export const chatViews = ({ roomPath, threadId }: RoomToSee): readonly View[] => [
  { path: '/chat' },
  {
    path: '/chat',
    act: page =>
      page
        .getByRole('button', { name: 'New' })
        .last()
        .click()
        .then(() => dialogOf(page)),
  },
  {
    path: '/chat',
    act: page =>
      page
        .getByRole('button', { name: 'Presence' })
        .click()
        .then(() => page.getByRole('heading', { name: 'Do not disturb' }).waitFor()),
  },
  { path: '/chat/invite' },
  { path: '/chat/invite#t=an-invitation-of-some-length' },
  { path: roomPath, act: roomShown },
  { path: roomPath, act: page => roomShown(page).then(() => page.getByText('Good morning').click()) },
  {
    path: roomPath,
    act: page =>
      page
        .getByRole('button', { name: 'Open picture sun.png' })
        .click()
        .then(() => dialogOf(page)),
  },
  { path: roomPath, act: addFiles },
  { path: `${roomPath}?panel=members`, act: page => page.getByText('(you)').waitFor() },
  { path: `${roomPath}?panel=pins`, act: page => page.getByRole('button', { name: 'Show in room' }).waitFor() },
  { path: `${roomPath}?panel=search`, act: page => page.getByRole('searchbox').fill('hello') },
  { path: `${roomPath}?thread=${threadId}`, act: page => page.getByText('In the thread').waitFor() },
]
