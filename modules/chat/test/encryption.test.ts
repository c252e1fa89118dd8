import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chat } from '@octet/contracts/chat'
import {
  BehindError,
  createDevice,
  createEncryption,
  type Encryption,
  memoryStore,
  newRecoveryKey,
  openRecovery,
  type RoomEvent,
  readRecoveryKey,
  recoveryKeyText,
  type SecretStore,
} from '@octet/encryption-client'
import type { Test, TestApp } from '@octet/testkit'
import { ada, as, ben, cleo, cmid, openChat } from './people.ts'

/** One person's device in an encrypted room: applies the room's log in order, as a client does over the socket. */
interface Peer {
  readonly userId: string
  readonly encryption: Encryption
  readonly membersOf: () => Promise<string[]>
  /** Applies new events; returns every text of the room so far, `null` for those the device cannot read. */
  catchUp(): Promise<(string | null)[]>
  /** Sends as a client does: when it is behind, it catches up and tries again. */
  say(text: string): Promise<void>
}

async function peerOf(app: TestApp, roomId: string, userId: string, store: SecretStore = memoryStore()): Promise<Peer> {
  const device = await createDevice(store, userId)
  const client = as(app, userId)
  const encryption = createEncryption({ device, store, server: client })
  const membersOf = async () => (await client.listMembers({ id: roomId })).data.map(({ id }) => id)
  await encryption.open(roomId, membersOf)
  const catchUp = async () => {
    const texts: (string | null)[] = []
    for (const event of await logOf(app, roomId)) {
      const text = await encryption.take(roomId, event)
      if (text !== undefined) texts.push(text)
    }
    return texts
  }
  return {
    userId,
    encryption,
    membersOf,
    catchUp,
    async say(text) {
      for (let attempt = 1; attempt <= 5; attempt++) {
        await catchUp()
        const message = { cmid: cmid(), text }
        try {
          const body = await encryption.seal(roomId, message)
          await client.sendMessage({ roomId, cmid: message.cmid, body })
          return
        } catch (error) {
          if (!(error instanceof BehindError)) throw error
        }
      }
      throw new Error('behind five times')
    },
  }
}

function logOf(app: TestApp, roomId: string): Promise<RoomEvent[]> {
  return app.db('chat').sql<RoomEvent[]>`
    select seq, type, from_id as from, body from stream_events where stream = ${`chat:room:${roomId}`} order by seq`
}

async function encryptedRoom(t: Test) {
  const app = await openChat(t)
  const { id } = await as(app, ada).createRoom({ name: 'Vault', isEncrypted: true })
  for (const userId of [ben, cleo]) await as(app, ada).addMember({ id, userId })
  return { app, roomId: id }
}

test('devices that join by external commit read one another; the server stores no plain text', async t => {
  const { app, roomId } = await encryptedRoom(t)
  const mine = await peerOf(app, roomId, ada)
  await mine.say('the first plain-text secret')
  const theirs = await peerOf(app, roomId, ben)
  await theirs.say('second plain-text secret')
  await mine.say('third plain-text secret')
  assert.deepEqual(await mine.catchUp(), [
    'the first plain-text secret',
    'second plain-text secret',
    'third plain-text secret',
  ])
  // A device cannot read messages from before it joined; recovery exists for those.
  assert.deepEqual(await theirs.catchUp(), [null, 'second plain-text secret', 'third plain-text secret'])
  const [row] = await app.db('chat').sql<{ hits: number }[]>`
    select ((select count(*) from messages where body like '%plain-text%')
      + (select count(*) from stream_events where body::text like '%plain-text%'))::int as hits`
  assert.equal(row?.hits, 0)
  assert.deepEqual((await as(app, ada).searchMessages({ q: 'secret' })).data, [])
})

test('two concurrent commits are put in order and both devices stay in the group', async t => {
  const { app, roomId } = await encryptedRoom(t)
  const mine = await peerOf(app, roomId, ada)
  const [theirs, hers, second] = await Promise.all([
    peerOf(app, roomId, ben),
    peerOf(app, roomId, cleo),
    peerOf(app, roomId, ada),
  ])
  await Promise.all([mine.say('a'), theirs.say('b'), hers.say('c'), second.say('d')])
  const all = await mine.catchUp()
  assert.equal(all.length, 4)
  for (const peer of [mine, theirs, hers, second]) {
    assert.deepEqual((await peer.catchUp()).toSorted(), ['a', 'b', 'c', 'd'])
  }
  const identities = (await mine.encryption.fingerprints(roomId)).map(({ userId }) => userId)
  assert.deepEqual(identities.toSorted(), [ada, ada, ben, cleo].toSorted())
  assert.deepEqual(
    await hers.encryption.fingerprints(roomId),
    await mine.encryption.fingerprints(roomId),
    'all see the same devices',
  )
})

test('a removed member cannot read later messages, even with a copy of the whole log', async t => {
  const { app, roomId } = await encryptedRoom(t)
  const mine = await peerOf(app, roomId, ada)
  const theirs = await peerOf(app, roomId, ben)
  await mine.say('for both')
  assert.deepEqual(await theirs.catchUp(), ['for both'])
  await as(app, ada).removeMember({ id: roomId, userId: ben })
  await mine.say('not for ben')
  assert.ok(!(await mine.encryption.fingerprints(roomId)).some(({ userId }) => userId === ben))
  // As if a friend with database access had handed him the whole log.
  const leaked = await theirs.catchUp().catch(() => ['nothing'])
  assert.ok(!leaked.includes('not for ben'))
  await assert.rejects(as(app, ben).getGroup({ roomId }), { code: 'not-found' })
})

test("only an account's own devices can add a device; server and clients both reject others", async t => {
  const { app, roomId } = await encryptedRoom(t)
  const mine = await peerOf(app, roomId, ada)
  await mine.say('hello')
  // Ben's client claims to be a device of Cleo's.
  const store = memoryStore()
  const forged = await createDevice(store, cleo)
  const commits: Parameters<Encryption['open']>[0][] = []
  const server = as(app, ben)
  const asCleo = createEncryption({
    device: forged,
    store,
    server: {
      getGroup: input => server.getGroup(input),
      async commitToGroup(input) {
        commits.push(input.commit ?? '')
        return server.commitToGroup(input)
      },
    },
  })
  await assert.rejects(
    asCleo.open(roomId, async () => [ada, ben, cleo]),
    { code: 'chat.commit-refused', status: 400 },
  )
  const [event] = (await logOf(app, roomId)).slice(-1)
  const planted = {
    seq: (event?.seq ?? 0) + 1,
    type: 'group-changed',
    from: ben,
    body: { epoch: 1, commit: commits[0] },
  }
  await mine.catchUp()
  await assert.rejects(mine.encryption.take(roomId, planted), /was let in by/)
})

test("a message signed by one member and sent under another member's name is not shown", async t => {
  const { app, roomId } = await encryptedRoom(t)
  const mine = await peerOf(app, roomId, ada)
  const theirs = await peerOf(app, roomId, ben)
  await theirs.say('really from ben')
  await app.db('chat').sql`
    update stream_events set from_id = ${cleo} where stream = ${`chat:room:${roomId}`} and type = 'message'`
  assert.deepEqual(await mine.catchUp(), [null])
})

test('edits are sealed as well, and a reaction is not mistaken for an edit', async t => {
  const { app, roomId } = await encryptedRoom(t)
  const mine = await peerOf(app, roomId, ada)
  const theirs = await peerOf(app, roomId, ben)
  await mine.say('first words')
  await theirs.catchUp()
  const message = (await as(app, ada).listMessages({ roomId })).data[0]
  assert.ok(message)
  await as(app, ben).react({ roomId, messageId: message.id, emoji: '👍', on: true })
  assert.deepEqual(await theirs.catchUp(), ['first words', 'first words'])
  await mine.catchUp()
  for (const text of ['good words', 'better words']) {
    const body = await mine.encryption.seal(roomId, { cmid: message.cmid, text })
    await as(app, ada).editMessage({ roomId, messageId: message.id, body })
  }
  assert.equal((await theirs.catchUp()).at(-1), 'better words')
  assert.equal((await mine.catchUp()).at(-1), 'better words')
})

test('a device restored from an old backup rejoins the group and continues', async t => {
  const { app, roomId } = await encryptedRoom(t)
  const mine = await peerOf(app, roomId, ada)
  const theirs = await peerOf(app, roomId, ben)
  await mine.say('one')
  await theirs.catchUp()
  await theirs.encryption.rejoin(roomId, theirs.membersOf)
  await mine.say('two')
  assert.deepEqual(await theirs.catchUp(), ['one', 'two'])
  await theirs.say('three')
  assert.deepEqual(await mine.catchUp(), ['one', 'two', 'three'])
  assert.equal((await mine.encryption.fingerprints(roomId)).length, 2)
})

test('a new device reads older messages with the recovery key, and only with it', async t => {
  const { app, roomId } = await encryptedRoom(t)
  const mine = await peerOf(app, roomId, ada)
  await mine.say('kept for later')
  const key = newRecoveryKey()
  const recovery = await openRecovery(key)
  const check = Buffer.from(recovery.check).toString('base64')
  await as(app, ada).setRecovery({ check })
  const message = (await logOf(app, roomId)).find(({ type }) => type === 'message')
  assert.ok(message)
  const sealed = await recovery.seal(roomId, message.seq, 'kept for later')
  const copies = [{ seq: message.seq, sealed: Buffer.from(sealed).toString('base64') }]
  assert.deepEqual(await as(app, ada).putHistory({ roomId, copies }), { kept: 1 })
  assert.deepEqual(await as(app, ada).putHistory({ roomId, copies }), { kept: 0 })
  assert.deepEqual((await as(app, ben).getHistory({ roomId })).data, [])

  const typed = (await recoveryKeyText(key)).toLowerCase().replaceAll('-', ' ')
  const again = await readRecoveryKey(typed)
  assert.deepEqual(again, key)
  assert.equal(await readRecoveryKey(typed.replace(/^./, letter => (letter === 'a' ? 'b' : 'a'))), undefined)
  const opened = await openRecovery(again ?? newRecoveryKey())
  assert.equal(Buffer.from(opened.check).toString('base64'), (await as(app, ada).getRecovery({})).check)
  const [copy] = (await as(app, ada).getHistory({ roomId })).data
  assert.equal(await opened.open(roomId, message.seq, Buffer.from(copy?.sealed ?? '', 'base64')), 'kept for later')
  const other = await openRecovery(newRecoveryKey())
  await assert.rejects(other.open(roomId, message.seq, Buffer.from(copy?.sealed ?? '', 'base64')))
  await assert.rejects(opened.open(roomId, message.seq + 1, Buffer.from(copy?.sealed ?? '', 'base64')))
  await as(app, ada).setRecovery({ check: Buffer.from(other.check).toString('base64') })
  assert.deepEqual((await as(app, ada).getHistory({ roomId })).data, [])
})

test('an unencrypted room has no group; of two devices that create one concurrently, one joins the other', async t => {
  const { app, roomId } = await encryptedRoom(t)
  const plain = await as(app, ada).createRoom({ name: 'Plain' })
  await assert.rejects(as(app, ada).getGroup({ roomId: plain.id }), { code: 'chat.not-encrypted' })
  const [mine, theirs] = await Promise.all([peerOf(app, roomId, ada), peerOf(app, roomId, ben)])
  await mine.say('a')
  await theirs.say('b')
  assert.deepEqual((await mine.catchUp()).slice(-1), ['b'])
  assert.deepEqual((await theirs.catchUp()).slice(-1), ['b'])
  const { epoch, groupInfo } = await as(app, ada).getGroup({ roomId })
  const token = app.as(ada)
  const stale = await app.request(chat, 'commitToGroup', { roomId, epoch: 0, groupInfo: groupInfo ?? '' }, { token })
  assert.equal(stale.status, 400, 'information of another epoch')
  for (const garbage of ['AAAA', groupInfo?.slice(0, 40) ?? '']) {
    const body = { roomId, epoch, commit: garbage, groupInfo: groupInfo ?? '' }
    assert.equal((await app.request(chat, 'commitToGroup', body, { token })).status, 400)
  }
})
