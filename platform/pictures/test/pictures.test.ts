/** Pictures drawn again: metadata, refusals, turns. */
import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import fc from 'fast-check'
import sharp from 'sharp'
import { createFairQueue } from '../src/fair-queue.ts'
import { pictureKindOf } from '../src/kinds.ts'
import { createPictures, NotAPictureError, type PictureReader } from '../src/pictures.ts'

const account = 'ada'
const pictures = createPictures()
const blank = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#c63' } }).withExif({
    IFD0: { Copyright: 'SECRET-CAMERA' },
  })

async function drawnBy(draw: (source: Readable, use: PictureReader) => Promise<unknown>, bytes: Uint8Array) {
  let drawn = Buffer.alloc(0)
  const info = await draw(Readable.from([bytes]), async stream => {
    drawn = await buffer(Readable.from(stream))
  })
  return { info, drawn }
}

test('every kind of picture is known by its first bytes and loses its metadata when drawn again', async () => {
  for (const format of ['jpeg', 'png', 'webp', 'gif', 'avif'] as const) {
    const original = await blank(90, 60)[format]().toBuffer()
    const kind = pictureKindOf(original.subarray(0, 12))
    assert.equal(kind, `image/${format}`)
    const { info, drawn } = await drawnBy(
      (source, use) => pictures.redraw(source, { account, kind: kind! }, use),
      original,
    )
    const contentType = format === 'avif' ? 'image/jpeg' : `image/${format}`
    assert.deepEqual(info, { contentType, width: 90, height: 60 })
    assert.doesNotMatch(drawn.toString('latin1'), /SECRET-CAMERA/)
  }
  for (const other of ['', 'GIF', '<svg', 'RIFF0000WAVE', '%PDF-1.7'])
    assert.equal(pictureKindOf(Buffer.from(other)), undefined)
})

test('a picture on its side is put upright', async () => {
  const onItsSide = await sharp({ create: { width: 90, height: 60, channels: 3, background: '#c63' } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer()
  const { info } = await drawnBy(
    (source, use) => pictures.redraw(source, { account, kind: 'image/jpeg' }, use),
    onItsSide,
  )
  assert.deepEqual(info, { contentType: 'image/jpeg', width: 60, height: 90 })
})

test('a shrunk picture keeps its shape and is never enlarged; a square one is cut around its centre', async () => {
  const original = await blank(900, 600).png().toBuffer()
  const shrink = (edge: number) => drawnBy((source, use) => pictures.shrink(source, { account, edge }, use), original)
  assert.deepEqual((await shrink(480)).info, { contentType: 'image/webp', width: 480, height: 320 })
  assert.deepEqual((await shrink(5_000)).info, { contentType: 'image/webp', width: 900, height: 600 })
  const stripes = await sharp({ create: { width: 300, height: 100, channels: 3, background: '#f00' } })
    .composite([
      {
        input: await sharp({ create: { width: 100, height: 100, channels: 3, background: '#0f0' } })
          .png()
          .toBuffer(),
        left: 100,
        top: 0,
      },
    ])
    .png()
    .toBuffer()
  const { info, drawn } = await drawnBy((source, use) => pictures.square(source, { account, edge: 64 }, use), stripes)
  assert.deepEqual(info, { contentType: 'image/webp', width: 64, height: 64 })
  const { dominant } = await sharp(drawn).stats()
  assert.ok(dominant.g > 200 && dominant.r < 60, 'the middle of the picture is green')
})

test('cut, broken and gigantic pictures are refused, and the next one is drawn', async () => {
  const whole = await blank(90, 60).png().toBuffer()
  const bomb = Buffer.from(whole)
  bomb.writeUInt32BE(60_000, 16) // claims 60,000 pixels square in a few hundred bytes
  bomb.writeUInt32BE(60_000, 20)
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
  const redraw = (bytes: Uint8Array) =>
    drawnBy((source, use) => pictures.redraw(source, { account, kind: 'image/png' }, use), bytes)
  for (const bytes of [whole.subarray(0, 60), bomb, svg, Buffer.from('nothing')]) {
    await assert.rejects(redraw(bytes), NotAPictureError)
  }
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 }), async (at, byte) => {
      const damaged = Buffer.from(whole)
      damaged[at] = byte
      await redraw(damaged).catch(error => assert.ok(error instanceof NotAPictureError, String(error)))
    }),
    { numRuns: 40 },
  )
  assert.equal((await redraw(whole)).drawn.subarray(1, 4).toString(), 'PNG')
})

test('an error of the reader is thrown as it is and not taken for a broken picture', async () => {
  const original = await blank(90, 60).png().toBuffer()
  const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  const failing = pictures.shrink(Readable.from([original]), { account, edge: 10 }, () => Promise.reject(full))
  await assert.rejects(failing, full)
})

test('accounts take turns, however much one of them has queued, and too much is refused', async () => {
  const queue = createFairQueue({ atOnce: 1, waitingMax: 6, waitingPerAccountMax: 4 })
  const order: string[] = []
  const gate = Promise.withResolvers<void>()
  const work = (name: string) => async () => {
    order.push(name)
    await gate.promise
  }
  const greedy = [1, 2, 3, 4, 5].map(n => queue.run('greedy', work(`greedy ${n}`)))
  await assert.rejects(queue.run('greedy', work('too many')), { code: 'rate-limited' })
  const modest = [queue.run('ada', work('ada')), queue.run('ben', work('ben'))]
  await assert.rejects(queue.run('cleo', work('cleo')), { code: 'rate-limited' }, 'no more may wait at all')
  gate.resolve()
  await Promise.all([...greedy, ...modest])
  assert.deepEqual(order, ['greedy 1', 'greedy 2', 'ada', 'ben', 'greedy 3', 'greedy 4', 'greedy 5'])
  await assert.rejects(
    queue.run('ada', () => Promise.reject(new Error('broken'))),
    /broken/,
  )
  assert.equal(await queue.run('ada', async () => 'still works'), 'still works')
})
