/** Tables in and out, and the bounds of both. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CsvError, type CsvLimits, readCsv } from '../src/read-csv.ts'
import { byteOrderMark, csvLine, plainCell } from '../src/write-csv.ts'

const rowsOf = async (text: string | Iterable<Uint8Array | string>, limits?: CsvLimits) => {
  return Array.fromAsync(readCsv(typeof text === 'string' ? [text] : text, limits))
}

test('a written table reads back unchanged, and no cell begins like a formula', async () => {
  const cell = fc.string({ unit: 'binary' }).filter(text => text.length < 200 && text.isWellFormed())
  await fc.assert(
    fc.asyncProperty(fc.array(cell, { minLength: 1, maxLength: 8 }), async cells => {
      const read = (await rowsOf(`a,b\r\n${csvLine(cells)}`)).slice(1)
      for (const row of read) for (const text of row.cells) assert.doesNotMatch(text, /^[=+\-@\t\r＝＋－＠]/)
      // A cell that itself begins with an apostrophe and a sign cannot be told apart from a disarmed one.
      if (cells.some(text => /^\s*'[=+\-@\t\r\n＝＋－＠]/.test(text) || /^[\t\r\n]/.test(text))) return
      const wanted = cells.length === 1 && cells[0] === '' ? [] : [cells.map(text => text.trim())]
      assert.deepEqual(
        read.map(row => row.cells.map(plainCell)),
        wanted,
      )
    }),
    { numRuns: 50 },
  )
})

test('quotes, ends of lines and separators are read as other programs write them', async () => {
  const read = async (text: string) => (await rowsOf(text)).map(({ line, cells }) => [line, ...cells])
  assert.deepEqual(await read('a;b\n1;"x;""y""\nz"\n\n2;'), [
    [1, 'a', 'b'],
    [2, '1', 'x;"y"\nz'],
    [5, '2', ''],
  ])
  assert.deepEqual(await read(`${byteOrderMark}a\tb,c\td\r\n1\t2\t3`), [
    [1, 'a', 'b,c', 'd'],
    [2, '1', '2', '3'],
  ])
  assert.deepEqual(await read('a,b\rx 4" y,\r'), [
    [1, 'a', 'b'],
    [2, 'x 4" y', ''],
  ])
  assert.deepEqual(await read(''), [])
})

test('a table reads the same however it is cut into pieces', async () => {
  const text = Buffer.from('naïve;"a ""b""\r\nç";\r\n\r\n;"";x\r\n"ü";z')
  const whole = await rowsOf([text])
  for (let size = 1; size < 6; size++) {
    const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, n) =>
      text.subarray(n * size, (n + 1) * size),
    )
    assert.deepEqual(await rowsOf(pieces), whole)
  }
  assert.deepEqual(
    whole.map(({ line }) => line),
    [1, 4, 5],
  )
})

test('a broken row is refused with the line where it begins', async () => {
  const refusal = (line: number, message: RegExp) => (error: unknown) =>
    error instanceof CsvError && error.line === line && message.test(error.message)
  await assert.rejects(rowsOf('a,b\n"never\nclosed\n'), refusal(2, /never closed/))
  await assert.rejects(rowsOf(`a\n\n${','.repeat(60)}`), refusal(3, /more than 50 cells/))
  await assert.rejects(rowsOf(`a\n${'x'.repeat(9_000)}`), refusal(2, /more than 8192 characters/))
  await assert.rejects(rowsOf(`a\n${','.repeat(1_000_000)}`), CsvError)
  await assert.rejects(rowsOf(`a,b\n1,"${'\n'.repeat(100_000)}`), refusal(2, /more than 65536 characters/))
  assert.equal((await rowsOf(`a\n${','.repeat(60)}`, { cellsMax: 61 }))[1]?.cells.length, 61)
})

test('an error of the source reaches the reader', async () => {
  async function* broken() {
    yield Buffer.from('a,b\n1,2\n')
    throw new Error('the connection broke')
  }
  await assert.rejects(Array.fromAsync(readCsv(broken())), /the connection broke/)
})

test('a table of 12 MB passes through without being held', async () => {
  const piece = Buffer.from(csvLine(['https://example.org/path', 'a "title"', 'x'.repeat(150)]).repeat(300))
  let [made, rows, waitingMax] = [0, 0, 0]
  function* endless() {
    for (; made < 12e6; made += piece.byteLength) yield piece
  }
  for await (const { cells } of readCsv(endless())) {
    rows += cells.length === 3 ? 1 : 0
    waitingMax = Math.max(waitingMax, made - (rows * piece.byteLength) / 300)
  }
  assert.equal(rows, Math.ceil(12e6 / piece.byteLength) * 300)
  assert.ok(waitingMax < 2e6, `${waitingMax} bytes were read ahead`)
})

test('a reader that stops early closes the source', async () => {
  let isClosed = false
  function* source() {
    try {
      for (;;) yield 'a,b\n'.repeat(1_000)
    } finally {
      isClosed = true
    }
  }
  for await (const { line } of readCsv(source())) if (line === 5) break
  for (let turn = 0; turn < 100 && !isClosed; turn++) await new Promise(resolve => setImmediate(resolve))
  assert.ok(isClosed)
})
