/** Deferred actions: they wait, they are hidden meanwhile, and they are never lost. */
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

test('an action runs after the delay and not before, and its id is hidden until it has run', async () => {
  const { clock, deferred, log, schedule } = setUp()
  schedule('a')
  clock.advance(undoMs - 1)
  assert.deepEqual(log, [])
  assert.ok(deferred.hiddenIds().has('a'))
  clock.advance(1)
  assert.ok(deferred.hiddenIds().has('a'), 'still hidden while it runs')
  await settle()
  assert.deepEqual(log, ['settled a', 'run a'])
  assert.equal(deferred.hiddenIds().size, 0)
})

test('an action that is undone never runs', async () => {
  const { clock, deferred, log, schedule } = setUp()
  schedule('a')
  assert.equal(deferred.undo('a'), true)
  clock.advance(undoMs * 2)
  await settle()
  assert.deepEqual(log, ['settled a'])
  assert.equal(deferred.hiddenIds().size, 0)
  assert.equal(deferred.undo('a'), false)
})

test('an action that is scheduled again after an undo waits for the full delay', () => {
  const { clock, deferred, log, schedule } = setUp()
  schedule('a')
  clock.advance(undoMs / 2)
  deferred.undo('a')
  schedule('a')
  clock.advance(undoMs - 1)
  assert.deepEqual(log, ['settled a'])
})

test('all waiting actions run at once when the page closes', () => {
  const { deferred, log, schedule } = setUp()
  schedule('a')
  schedule('b')
  deferred.flush()
  assert.deepEqual(log, ['settled a', 'run a leaving', 'settled b', 'run b leaving'])
})

test('a failed action restores its id and reports the error', async () => {
  const { clock, deferred, log, schedule } = setUp()
  schedule('a', () => Promise.reject(new Error('no')))
  clock.advance(undoMs)
  await settle()
  assert.deepEqual(log, ['settled a', 'run a', 'failed a'])
  assert.equal(deferred.hiddenIds().size, 0)
})

test('the delay pauses while the user looks at the offer, and starts again afterwards', () => {
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

test('with too many waiting actions the oldest runs at once, and undo starts with the latest', () => {
  const { deferred, log, schedule } = setUp()
  for (let index = 0; index <= deferredMax; index++) schedule(`${index}`)
  assert.deepEqual(log, ['settled 0', 'run 0'])
  assert.equal(deferred.undoLast(), true)
  assert.deepEqual(log.at(-1), `settled ${deferredMax}`)
})
