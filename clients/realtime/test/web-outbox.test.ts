/** What survives a page: sends in `localStorage`, and whose they are. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { type KeptSend, realtimeUrl, type WebLocks, type WebStorage, webOutbox } from '../src/index.ts'

function storage(): WebStorage {
  const items = new Map<string, string>()
  return {
    get length() {
      return items.size
    },
    key: index => [...items.keys()][index] ?? null,
    getItem: key => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: key => void items.delete(key),
  }
}

/** Locks as `navigator.locks` has them, those given to `request` with `ifAvailable`. */
function locks(): WebLocks {
  const held = new Set<string>()
  return {
    async request(name, _options, work) {
      if (held.has(name)) return work(null)
      held.add(name)
      try {
        return await work({})
      } finally {
        held.delete(name)
      }
    },
  }
}

const send = (cmid: string, atMs: number, csn?: number): KeptSend => {
  return { cmid, atMs, csn, stream: 'chat:room:one', type: 'message', body: { body: cmid } }
}

test('the next page takes over what pages that are gone left, oldest first, and no page that is open', async () => {
  const shared = { name: 'anna', storage: storage(), locks: locks() }
  const first = await webOutbox(shared).open()
  const second = await webOutbox(shared).open()
  assert.notEqual(first.device, second.device)
  first.put(send('a', 1, 1))
  second.put(send('b', 2, 1))
  first.put(send('c', 3, 2))
  second.put(send('d', 4))
  first.put(send('e', 5, 3))
  first.remove('e')
  const third = await webOutbox(shared).open()
  assert.deepEqual(third.kept, [])
  third.close()
  first.close()
  second.close()
  await new Promise(resolve => setImmediate(resolve))
  const fourth = await webOutbox(shared).open()
  assert.deepEqual(
    fourth.kept.map(({ cmid }) => cmid),
    ['a', 'b', 'c', 'd'],
  )
  assert.ok(![first.device, second.device].includes(fourth.device), 'numbers start again, on a new device')
  fourth.close()
  const other = await webOutbox({ ...shared, name: 'ben' }).open()
  assert.deepEqual(other.kept, [])
})

test('without locks a page finds its own sends again, and no others', async () => {
  const disk = storage()
  const tab = storage()
  const first = await webOutbox({ name: 'anna', storage: disk, tabStorage: tab }).open()
  first.put(send('a', 1, 1))
  const otherTab = await webOutbox({ name: 'anna', storage: disk, tabStorage: storage() }).open()
  assert.deepEqual(otherTab.kept, [])
  const reloaded = await webOutbox({ name: 'anna', storage: disk, tabStorage: tab }).open()
  assert.notEqual(reloaded.device, first.device)
  assert.deepEqual(reloaded.kept, [send('a', 1, 1)])
  disk.setItem(`octet:outbox:anna:${reloaded.device}:x`, 'nonsense')
  assert.equal((await webOutbox({ name: 'anna', storage: disk, tabStorage: tab }).open()).kept.length, 1)
})

test('the endpoint is that of the page', () => {
  assert.equal(realtimeUrl('https://octet.example/chat?x=1#y'), 'wss://octet.example/realtime')
  assert.equal(realtimeUrl('http://127.0.0.1:3000/'), 'ws://127.0.0.1:3000/realtime')
})
