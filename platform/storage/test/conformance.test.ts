/** The promises of storage, tested on both stores. */
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { type Storage, within } from '../src/index.ts'
import { signS3 } from '../src/sign-s3.ts'
import { type OpenedStore, openDisk, openS3 } from './stores.ts'

const stores: Record<string, (t: TestContext) => Promise<OpenedStore>> = { disk: openDisk, S3: openS3 }
const sizeBytesMax = 10_000_000

async function* chunks(...texts: (string | Buffer)[]): AsyncIterable<Buffer> {
  for (const text of texts) yield Buffer.from(text as string)
}

async function textOf(storage: Storage, key: string, range?: { first: number; last?: number }) {
  const found = await storage.get(key, range)
  if (found === undefined) return undefined
  return Buffer.concat(await Array.fromAsync(found.body)).toString()
}

for (const [name, open] of Object.entries(stores)) {
  test(`${name}: a stored object is returned with its size, hash, type and metadata`, async t => {
    const { storage, reopen } = await open(t)
    const content = randomBytes(3_000_000)
    const options = { sizeBytesMax, contentType: 'image/png', metadata: { name: 'Bögen & Pfeile.png' } }
    const pieces = Readable.from(content, { objectMode: false })
    const put = await storage.put('photos/a.png', pieces, options)
    assert.equal(put.sha256, createHash('sha256').update(content).digest('hex'))
    for (const one of [storage, await reopen()]) {
      assert.deepEqual(await one.stat('photos/a.png'), put)
      const got = await one.get('photos/a.png')
      assert.deepEqual(got?.info, put)
      assert.ok(Buffer.concat(await Array.fromAsync(got?.body ?? [])).equals(content))
    }
    assert.equal(put.metadata.name, 'Bögen & Pfeile.png')
  })

  test(`${name}: empty, replaced, missing and deleted objects behave as promised`, async t => {
    const { storage } = await open(t)
    await storage.put('empty', chunks(), { sizeBytesMax })
    assert.equal(await textOf(storage, 'empty'), '')
    await storage.put('a', chunks('one'), { sizeBytesMax })
    await storage.put('a/b', chunks('below'), { sizeBytesMax })
    await storage.put('a', chunks('two'), { sizeBytesMax })
    assert.deepEqual([await textOf(storage, 'a'), await textOf(storage, 'a/b')], ['two', 'below'])
    assert.equal(await storage.get('nothing'), undefined)
    assert.equal(await storage.stat('nothing/at/all'), undefined)
    await storage.delete('a')
    await storage.delete('a')
    assert.equal(await storage.stat('a'), undefined)
    assert.equal(await textOf(storage, 'a/b'), 'below')
  })

  test(`${name}: ranges are exact, and refused beyond the end`, async t => {
    const { storage } = await open(t)
    await storage.put('digits', chunks('01234', '56789'), { sizeBytesMax })
    assert.equal(await textOf(storage, 'digits', { first: 3, last: 6 }), '3456')
    assert.equal(await textOf(storage, 'digits', { first: 8 }), '89')
    assert.equal(await textOf(storage, 'digits', { first: 8, last: 100 }), '89')
    const part = await storage.get('digits', { first: 2, last: 3 })
    assert.equal(part?.info.sizeBytes, 10, 'the whole size')
    part?.body.destroy()
    await assert.rejects(storage.get('digits', { first: 10 }), RangeError)
  })

  test(`${name}: one byte too many, a broken source and an abort store nothing and keep the old object`, async t => {
    const { storage } = await open(t)
    await storage.put('kept', chunks('before'), { sizeBytesMax })
    await assert.rejects(storage.put('kept', chunks('12345', '6'), { sizeBytesMax: 5 }), { status: 413 })
    const broken = async function* () {
      yield Buffer.from('half')
      throw new Error('the wire was cut')
    }
    await assert.rejects(storage.put('kept', broken(), { sizeBytesMax }), /the wire was cut/)
    const signal = AbortSignal.abort(new Error('gave up'))
    await assert.rejects(storage.put('kept', chunks('after'), { sizeBytesMax, signal }), /gave up/)
    await assert.rejects(storage.put('new', broken(), { sizeBytesMax }))
    assert.equal(await textOf(storage, 'kept'), 'before')
    assert.deepEqual((await storage.list('')).objects, [{ key: 'kept', sizeBytes: 6 }])
    await storage.put('kept', chunks('12345'), { sizeBytesMax: 5 })
  })

  test(`${name}: lists filter by prefix, in byte order, page by page`, async t => {
    const { storage } = await open(t)
    // The S3 server of the tests orders folder by folder, which S3 does not: these keys order alike in both.
    const tricky = name === 'disk' ? ['a', 'a-b', 'a.b', 'a/b'] : []
    const keys = [...tricky, 'a/b/c', 'a/c', 'a0', 'ab', 'b/x']
    for (const key of [...keys].reverse()) await storage.put(key, chunks(key), { sizeBytesMax })
    const all = async (prefix: string, limit: number) => {
      const found: string[] = []
      for (let after: string | undefined, page = 0; page < 20; page++) {
        const { objects, next } = await storage.list(prefix, after === undefined ? { limit } : { limit, after })
        found.push(...objects.map(({ key }) => key))
        if (next === undefined) return found
        after = next
      }
      return found
    }
    for (const limit of [1, 2, 3, 100]) {
      assert.deepEqual(await all('', limit), keys, `${limit} at a time`)
      assert.deepEqual(
        await all('a/', limit),
        keys.filter(key => key.startsWith('a/')),
      )
      assert.deepEqual(
        await all('a/b', limit),
        keys.filter(key => key.startsWith('a/b')),
      )
    }
    assert.deepEqual(await all('zz', 5), [])
  })

  test(`${name}: a part of a storage sees nothing outside itself`, async t => {
    const { storage } = await open(t)
    const [one, other] = [within(storage, 'one'), within(storage, 'other')]
    assert.equal((await one.put('x', chunks('mine'), { sizeBytesMax })).key, 'x')
    assert.equal(await other.stat('x'), undefined)
    assert.deepEqual((await one.list('')).objects, [{ key: 'x', sizeBytes: 4 }])
    assert.deepEqual((await other.list('')).objects, [])
    assert.deepEqual((await storage.list('')).objects, [{ key: 'one/x', sizeBytes: 4 }])
    await other.delete('x')
    assert.equal(await textOf(one, 'x'), 'mine')
  })

  test(`${name}: ambiguous keys are refused before any request`, async t => {
    const { storage } = await open(t)
    const bad = [
      '',
      '.',
      '..',
      '../x',
      'a/../b',
      '/a',
      'a/',
      'a//b',
      'A',
      'a~',
      'a b',
      'é',
      '.spool/x',
      `${'a/'.repeat(300)}a`,
    ]
    for (const key of bad) {
      await assert.rejects(async () => storage.put(key, chunks('x'), { sizeBytesMax }), RangeError, key)
      await assert.rejects(async () => storage.get(key), RangeError, key)
      await assert.rejects(async () => storage.delete(key), RangeError, key)
    }
    await assert.rejects(async () => within(storage, 'one').get('../two/x'), RangeError)
  })

  test(`${name}: of concurrent writers of one key exactly one object is visible, complete`, async t => {
    const { storage } = await open(t)
    const texts = Array.from({ length: 8 }, (_, index) => String(index).repeat(50_000))
    await Promise.all(texts.map(text => storage.put('same', chunks(text), { sizeBytesMax })))
    assert.ok(texts.includes((await textOf(storage, 'same')) ?? ''))
  })
}

// The server of the tests barely checks version 4 signatures, so they are compared with what AWS publishes:
// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
test("S3: signatures equal AWS's own examples", () => {
  const accessKey = ['AKIA', 'IOSFODNN7EXAMPLE'].join('')
  const credentials = { accessKey, secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', region: 'us-east-1' }
  const at = new Date('2013-05-24T00:00:00.000Z')
  const bodySha256 = createHash('sha256').digest('hex')
  const signatureOf = (url: string, headers: Record<string, string>) => {
    const signed = signS3({ method: 'GET', url: new URL(url), headers, bodySha256 }, credentials, at)
    return signed.authorization?.split('Signature=')[1]
  }
  assert.equal(
    signatureOf('https://examplebucket.s3.amazonaws.com/test.txt', { range: 'bytes=0-9' }),
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  )
  assert.equal(
    signatureOf('https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J', {}),
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  )
})
