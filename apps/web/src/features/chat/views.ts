/** The views of chat: the list of rooms, and a room with messages of every kind. */
import type { Page } from 'playwright-core'
import { dialogOf, type SystemViews, type View, type ViewTools } from '../../shared/view.ts'

/** The path of a room with messages of every kind. */
interface RoomToSee {
  readonly roomPath: string
  readonly threadId: string
}

/** Uploads a file for a message; returns its id. */
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

/** Creates a room with messages of every kind. */
async function makeRoom({ page, callApi, makePng }: ViewTools): Promise<RoomToSee> {
  const room = await callApi('POST', '/chat/rooms', { name: 'Every page', topic: 'What axe looks at' })
  const words = ['Hello **there**, `code` and https://example.org', '> quoted\n\n```\nlet a = 1\n```', 'Good morning']
  const say = (body: string, more = {}) =>
    callApi('POST', `/chat/rooms/${room.id}/messages`, { body, cmid: `every-page-${body.length}`, ...more })
  const [first] = [await say(words[0] ?? ''), await say(words[1] ?? '')]
  await say(words[2] ?? '', { replyToId: first?.id })
  await say('In the thread', { threadId: first?.id })
  const fileIds = [
    await putFile(page, room.id, 'sun.png', makePng(640, 400)),
    await putFile(page, room.id, 'notes.txt', Buffer.from('What to bring')),
  ]
  await say('With two files', { fileIds })
  await callApi('PUT', `/chat/rooms/${room.id}/messages/${first?.id}/reactions`, { emoji: '🎉', on: true })
  await callApi('PUT', `/chat/rooms/${room.id}/messages/${first?.id}/pin`, { on: true })
  return { roomPath: `/chat/${room.id}`, threadId: first?.id ?? '' }
}

const roomShown = (page: Page) => page.getByText('Good morning').waitFor()

/** One file that is ready and one that is refused. */
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

const userViews = ({ roomPath, threadId }: RoomToSee): readonly View[] => [
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

export const views: SystemViews = {
  user: async tools => userViews(await makeRoom(tools)),
}
