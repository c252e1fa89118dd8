/** Numbers of ordered sends: an unconfirmed send keeps its number, whatever is retried. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClientFrameOf } from '@octet/contracts'
import { createOutbox } from '../src/outbox.ts'
import { memoryOutbox } from '../src/outbox-storage.ts'

test('a send that may have been carried out keeps its number: nothing behind it takes a turn too early', async t => {
  const left: ClientFrameOf<'send'>[] = []
  const outbox = createOutbox({
    storage: memoryOutbox(),
    send: frame => left.push(frame as ClientFrameOf<'send'>) > 0,
    problemSpec: () => undefined,
    onError: assert.ifError,
    onRefused: assert.fail,
  })
  t.after(() => outbox.close())
  const stream = 'chat:room:1'
  await outbox.open()
  outbox.up()
  for (const cmid of ['a', 'b', 'c', 'd']) {
    outbox.add({ cmid, stream, type: 'message', body: {} }, true).catch(() => undefined)
  }
  // `a` is committed without an answer, `b` is answered; the server lost `c` and has not seen `d`.
  const unavailable = (ref: string) => outbox.answer({ t: 'err', ref, code: 'unavailable', retryMs: 0 })
  unavailable('a')
  outbox.answer({ t: 'sent', cmid: 'b', stream, output: {} })
  unavailable('c')
  left.length = 0
  unavailable('d')
  const numbers = () => Object.fromEntries(left.map(({ cmid, csn }) => [cmid, csn]))
  // The server expects 3. With `c` at 2 and `d` at 3, `d` would come first.
  assert.deepEqual(numbers(), { a: 1, c: 3, d: 4 })

  left.length = 0
  outbox.answer({ t: 'sent', cmid: 'a', stream, output: {} })
  outbox.answer({ t: 'err', ref: 'c', code: 'out-of-turn', data: { expected: 7 } })
  outbox.answer({ t: 'err', ref: 'd', code: 'out-of-turn', data: { expected: 7 } })
  assert.deepEqual(numbers(), { c: 7, d: 8 }, 'what the server expects counts')
})
