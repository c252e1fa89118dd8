/** Which module delivers notifications is decided once for an installation. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defineContract } from '@octet/contracts'
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
