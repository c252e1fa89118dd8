/** Profile pictures and bios: checked, drawn again, cached by their hash, and gone with the account. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, test } from 'node:test'
import type { Me } from '@octet/contracts/identity'
import { erasePerson } from '@octet/testkit'
import sharp from 'sharp'
import { countAvatars } from '../src/account/set-avatar.ts'
import { identityModule } from '../src/module.ts'
import { contextOf, openIdentity, signUp } from './make.ts'

const app = await openIdentity({ after })
type Person = Awaited<ReturnType<typeof signUp>>

const authorization = ({ accessToken }: Person) => ({ authorization: `Bearer ${accessToken}` })

/** With a place and a camera in its EXIF, as telephones write it. */
function photo(background: string): Promise<Buffer> {
  return sharp({ create: { width: 900, height: 600, channels: 3, background } })
    .withExif({ IFD0: { Copyright: 'SECRET-CAMERA' }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } })
    .jpeg()
    .toBuffer()
}

async function put(person: Person, payload: Buffer | string, on = app) {
  const reply = await on.http.inject({
    method: 'PUT',
    url: '/users/me/avatar',
    headers: { ...authorization(person), 'content-type': 'image/jpeg' },
    payload,
  })
  return { status: reply.statusCode, body: reply.json() as Me & { code?: string } }
}

const get = (person: Person, url = '') => app.http.inject({ url, headers: authorization(person) })

test('a profile picture is drawn again as a square without metadata, and cached by the hash of its bytes', async () => {
  const [ada, ben] = [await signUp(app), await signUp(app)]
  const original = await photo('#c63')
  assert.match(original.toString('latin1'), /SECRET-CAMERA/)
  const { status, body } = await put(ada, original)
  assert.equal(status, 200)
  const shown = await get(ben, body.avatarUrl)
  assert.equal(shown.statusCode, 200)
  assert.equal(shown.headers['content-type'], 'image/webp')
  assert.match(String(shown.headers['cache-control']), /^private, max-age=\d+, immutable$/)
  const { width, height, exif } = await sharp(shown.rawPayload).metadata()
  assert.deepEqual([width, height, exif], [256, 256, undefined])
  assert.doesNotMatch(shown.rawPayload.toString('latin1'), /SECRET-CAMERA/)
  const hash = createHash('sha256').update(shown.rawPayload).digest('hex')
  assert.equal(body.avatarUrl, `/users/${ada.user.id}/avatar/${hash}`)
  assert.equal((await ada.client.getMe({})).avatarUrl, body.avatarUrl)
  assert.equal((await ben.client.getProfile({ username: ada.user.username })).avatarUrl, body.avatarUrl)
  const { data } = await ben.client.searchUsers({ q: ada.user.username })
  assert.equal(data[0]?.avatarUrl, body.avatarUrl)
})

test('a new picture replaces the old one, whose address is gone; removing it leaves nothing stored', async () => {
  const ada = await signUp(app)
  const first = (await put(ada, await photo('#c63'))).body.avatarUrl
  const second = (await put(ada, await photo('#36c'))).body.avatarUrl
  assert.notEqual(second, first)
  assert.equal((await get(ada, first)).statusCode, 404)
  assert.equal((await get(ada, second)).statusCode, 200)
  const removed = await ada.client.removeAvatar({})
  assert.equal(removed.avatarUrl, undefined)
  assert.equal((await get(ada, second)).statusCode, 404)
  assert.equal(await countAvatars(contextOf(app).storage, ada.user.id), 0)
  assert.equal((await ada.client.removeAvatar({})).avatarUrl, undefined, 'a repeat succeeds')
})

test('concurrent changes leave one picture, and it is the one that the profile shows', async () => {
  const ada = await signUp(app)
  const colours = ['#c63', '#36c', '#c63', '#3c6']
  await Promise.all((await Promise.all(colours.map(photo))).map(each => put(ada, each)))
  const { avatarUrl } = await ada.client.getMe({})
  assert.equal((await get(ada, avatarUrl)).statusCode, 200)
  assert.equal(await countAvatars(contextOf(app).storage, ada.user.id), 1)
})

test('text, damaged pictures, large files and pictures with too many pixels are refused', async () => {
  const ada = await signUp(app)
  assert.deepEqual((await put(ada, '<svg xmlns="http://www.w3.org/2000/svg"/>')).body.code, 'identity.not-a-picture')
  assert.equal((await put(ada, (await photo('#c63')).subarray(0, 400))).status, 415)
  assert.equal((await put(ada, Buffer.alloc(5 * 1024 * 1024 + 1))).body.code, 'payload-too-large')
  const bomb = await sharp({ create: { width: 12_000, height: 9_000, channels: 3, background: '#000' } })
    .png()
    .toBuffer()
  assert.equal((await put(ada, bomb)).body.code, 'identity.not-a-picture')
})

test('an account may upload ten pictures a minute', async t => {
  const strict = await openIdentity(t, { limitsScale: 1 })
  const ada = await signUp(strict)
  const statuses: number[] = []
  for (let n = 0; n < 11; n++) statuses.push((await put(ada, 'no picture', strict)).status)
  assert.deepEqual(statuses, [...Array<number>(10).fill(415), 429])
})

test('a picture is shown to signed-in people only, and not to people its owner has blocked', async () => {
  const [ada, ben] = [await signUp(app), await signUp(app)]
  const { avatarUrl } = (await put(ada, await photo('#c63'))).body
  assert.equal((await app.http.inject({ url: avatarUrl })).statusCode, 401)
  assert.equal((await app.http.inject({ method: 'PUT', url: '/users/me/avatar', payload: 'x' })).statusCode, 401)
  assert.equal((await get(ben, avatarUrl?.replace(ada.user.id, ben.user.id))).statusCode, 404)
  await ada.client.blockUser({ id: ben.user.id })
  assert.equal((await get(ben, avatarUrl)).statusCode, 404)
  assert.equal((await get(ada, avatarUrl)).statusCode, 200)
})

test('a bio keeps its line breaks, loses invisible characters, and has at most 300 characters', async () => {
  const [ada, ben] = [await signUp(app), await signUp(app)]
  const me = await ada.client.updateMe({ bio: ' Builds\u202e engines.\r\n\n\n\nLondon. ' })
  assert.equal(me.bio, 'Builds engines.\n\nLondon.')
  assert.equal((await ben.client.getProfile({ username: ada.user.username })).bio, me.bio)
  assert.equal((await ada.client.updateMe({ displayName: 'Ada' })).bio, me.bio, 'other changes keep it')
  assert.equal((await ada.client.updateMe({ bio: '😀'.repeat(150) })).bio.length, 300)
  await assert.rejects(ada.client.updateMe({ bio: 'x'.repeat(301) }), { code: 'validation-failed' })
  assert.equal((await ada.client.updateMe({ bio: '' })).bio, '')
})

test('the picture is in the export of its owner, and erased with the account', async () => {
  const ada = await signUp(app)
  const { avatarUrl } = (await put(ada, await photo('#c63'))).body
  await ada.client.updateMe({ bio: 'Builds engines.' })
  const shown = (await get(ada, avatarUrl)).rawPayload
  const files = new Map<string, Buffer>()
  const { privacy } = identityModule
  assert.ok('exportUser' in privacy)
  for await (const { path, rows, body } of privacy.exportUser(contextOf(app), ada.user.id)) {
    const chunks: Uint8Array[] = []
    for await (const chunk of body ?? []) chunks.push(chunk)
    for await (const row of rows ?? []) chunks.push(Buffer.from(JSON.stringify(row)))
    files.set(path, Buffer.concat(chunks))
  }
  assert.deepEqual(files.get('profile-picture.webp'), shown)
  assert.match(String(files.get('account.jsonl')), /Builds engines\./)
  await erasePerson(app, identityModule, ada.user.id)
  assert.equal(await countAvatars(contextOf(app).storage, ada.user.id), 0)
})

test('while pictures are off none is taken, and the present one stays and can be removed', async t => {
  const ada = await signUp(app)
  const { body: before } = await put(ada, await photo('#c63'))
  t.after(() => app.setFlag('identity.picture-uploads', null))
  await app.setFlag('identity.picture-uploads', 0)
  const { status, body } = await put(ada, await photo('#36c'))
  assert.deepEqual([status, body.code], [403, 'identity.pictures-off'])
  assert.equal((await ada.client.getMe({})).avatarUrl, before.avatarUrl)
  await ada.client.removeAvatar({})
  assert.equal((await ada.client.getMe({})).avatarUrl, undefined)
})
