/** One module of an installation delivers the notifications of all others. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CallOptions, defineContract } from '@octet/contracts'
import { newId } from '@octet/db'
import { type AnyModule, defineModule, notification, notificationJob } from '@octet/kernel'
import { Type } from 'typebox'

const call = async () => ({})

function moduleOf(name: string, parts: Partial<AnyModule> = {}): AnyModule {
  const contract = defineContract({ name, problems: {}, operations: {}, events: {} })
  const privacy = { keepsNothing: 'it is made for a test' }
  const migrations = new URL('file:///')
  return {
    ...defineModule({ contract, calls: [], migrations, privacy, open: async () => ({}), operations: {} }),
    ...parts,
  }
}

const kind = notification(Type.Object({}), {
  name: 'note',
  purpose: 'activity',
  example: {},
  path: () => '/',
  text: {
    en: () => ({ subject: 'A', lines: ['b'], action: 'c' }),
    de: () => ({ subject: 'D', lines: ['e'], action: 'f' }),
  },
})
const sender = moduleOf('sender', { notifications: [kind] })
const deliverer = moduleOf('post', { deliverNotification: async () => undefined })

test('an installation whose modules notify needs one module that delivers, and not two', () => {
  assert.equal(notificationJob(sender, { modules: [sender, deliverer], call })?.job.name, 'sender.notify')
  assert.throws(() => notificationJob(sender, { modules: [sender], call }), /sender sends notifications, but no module/)
  const other = moduleOf('inbox', { deliverNotification: async () => undefined })
  assert.throws(
    () => notificationJob(sender, { modules: [sender, deliverer, other], call }),
    /one module delivers notifications, but these do: post, inbox/,
  )
})

test('a module that declares no notification needs no module that delivers', () => {
  assert.equal(notificationJob(moduleOf('quiet'), { modules: [], call }), undefined)
})

test('the key of a delivery does not name its recipient, so it may outlive the erasure of the account', async () => {
  const keys: string[] = []
  const deliverNotification = async (_client: unknown, _sent: unknown, { idempotencyKey }: CallOptions) =>
    void keys.push(idempotencyKey ?? '')
  const job = notificationJob(sender, { modules: [sender, moduleOf('post', { deliverNotification })], call })
  const userId = newId()
  const attempt = { id: newId(), attempt: 1, signal: new AbortController().signal }
  for (const key of ['one', 'two', 'one'])
    await job?.run({ request: {} as never }, { kind: 'note', userId, key, data: {} }, attempt)
  assert.deepEqual(
    keys.map(key => /^[\w-]{43}$/.test(key)),
    [true, true, true],
  )
  assert.ok(keys[0] === keys[2] && keys[0] !== keys[1], 'one key for one notification')
})
