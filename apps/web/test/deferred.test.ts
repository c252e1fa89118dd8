/** What can be undone: it waits, it is hidden meanwhile, and it is never lost. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDeferred, deferredMax, undoMs } from '../src/shared/deferred.ts'

function fakeClock() {
  let nowMs = 0
  let nextId = 1
  const timers = new Map<number, { atMs: number; callback: () => void }>()
  return {
    set(callback: () => void, ms: number): number {
      timers.set(nextId, { atMs: nowMs + ms, callback })
      return nextId++
    },
    clear: (id: number) => void timers.delete(id),
    advance(ms: number): void {
      nowMs += ms
      for (const [id, timer] of timers) {
        if (timer.atMs > nowMs) continue
        timers.delete(id)
        timer.callback()
      }
    },
  }
}

function setUp() {
  const clock = fakeClock()
  const deferred = createDeferred(clock)
  const log: string[] = []
  const schedule = (id: string, run: () => Promise<unknown> = async () => undefined) =>
    deferred.schedule({
      id,
      run: isLeaving => {
        log.push(`run ${id}${isLeaving ? ' leaving' : ''}`)
        return run()
      },
      onFailed: () => log.push(`failed ${id}`),
      onSettled: () => log.push(`settled ${id}`),
    })
  return { clock, deferred, log, schedule }
}

const settle = () => new Promise(resolve => setImmediate(resolve))

test('it happens after the delay and not before, and is hidden until it is done', async () => {
  const { clock, deferred, log, schedule } = setUp()
  schedule('a')
  clock.advance(undoMs - 1)
  assert.deepEqual(log, [])
  assert.ok(deferred.hiddenIds().has('a'))
  clock.advance(1)
  assert.ok(deferred.hiddenIds().has('a'), 'still hidden while it is being done')
  await settle()
  assert.deepEqual(log, ['settled a', 'run a'])
  assert.equal(deferred.hiddenIds().size, 0)
})

test('undone, it never happens', async () => {
  const { clock, deferred, log, schedule } = setUp()
  schedule('a')
  assert.equal(deferred.undo('a'), true)
  clock.advance(undoMs * 2)
  await settle()
  assert.deepEqual(log, ['settled a'])
  assert.equal(deferred.hiddenIds().size, 0)
  assert.equal(deferred.undo('a'), false)
})

test('deleted again after an undo, it has its whole time again', () => {
  const { clock, deferred, log, schedule } = setUp()
  schedule('a')
  clock.advance(undoMs / 2)
  deferred.undo('a')
  schedule('a')
  clock.advance(undoMs - 1)
  assert.deepEqual(log, ['settled a'])
})

test('when the page goes away everything that waits is done at once', () => {
  const { deferred, log, schedule } = setUp()
  schedule('a')
  schedule('b')
  deferred.flush()
  assert.deepEqual(log, ['settled a', 'run a leaving', 'settled b', 'run b leaving'])
})

test('what fails comes back and says so', async () => {
  const { clock, deferred, log, schedule } = setUp()
  schedule('a', () => Promise.reject(new Error('no')))
  clock.advance(undoMs)
  await settle()
  assert.deepEqual(log, ['settled a', 'run a', 'failed a'])
  assert.equal(deferred.hiddenIds().size, 0)
})

test('while somebody looks at the offer the clock stands, and starts anew afterwards', () => {
  const { clock, deferred, log, schedule } = setUp()
  schedule('a')
  clock.advance(undoMs - 1)
  deferred.hold('a', true)
  clock.advance(undoMs * 10)
  assert.deepEqual(log, [])
  deferred.hold('a', false)
  clock.advance(undoMs - 1)
  assert.deepEqual(log, [])
  clock.advance(1)
  assert.deepEqual(log, ['settled a', 'run a'])
})

test('more than are shown at a time do not wait: the oldest happens at once, the last is undone first', () => {
  const { deferred, log, schedule } = setUp()
  for (let index = 0; index <= deferredMax; index++) schedule(`${index}`)
  assert.deepEqual(log, ['settled 0', 'run 0'])
  assert.equal(deferred.undoLast(), true)
  assert.deepEqual(log.at(-1), `settled ${deferredMax}`)
})
