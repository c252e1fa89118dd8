import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openDiskStorage } from '../src/index.ts'
import { openDisk, temporaryFolder } from './stores.ts'

async function* bytes(text: string): AsyncIterable<Buffer> {
  yield Buffer.from(text)
}

test('kill -9 during an upload leaves nothing visible, and nothing at all after the next start', async t => {
  const root = await temporaryFolder(t)
  const program = fileURLToPath(new URL('./upload-until-killed.ts', import.meta.url))
  const child = spawn(process.execPath, [program, root], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  assert.equal((await readdir(join(root, '.spool'))).length, 1, 'the upload is under way')
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
  const storage = await openDiskStorage(root)
  assert.deepEqual((await storage.list('')).objects, [{ key: 'whole', sizeBytes: 64 * 1024 }])
  assert.equal(await storage.stat('half'), undefined)
  assert.deepEqual((await readdir(root, { recursive: true })).sort(), ['.spool', 'whole~'])
})

test('a second process that starts leaves the uploads of the first alone', async t => {
  const { root, storage } = await openDisk(t)
  let isOpen = false
  const slow = async function* () {
    yield Buffer.from('first ')
    await writeFile(join(root, '.spool', `elsewhere~1~abc`), 'of another machine')
    // As process 1 it is not this process, runs, and must be left alone.
    const names = (await readdir(join(root, '.spool'))).map(name => name.replace(`~${process.pid}~`, '~1~'))
    isOpen = names.length === 2
    yield Buffer.from('second')
  }
  await storage.put('x', slow(), { sizeBytesMax: 100 })
  assert.ok(isOpen)
  await openDiskStorage(root)
  assert.deepEqual(await readdir(join(root, '.spool')), ['elsewhere~1~abc'])
})

test('folders are deleted with their last object', async t => {
  const { root, storage } = await openDisk(t)
  await storage.put('people/ada-lovelace/photo', bytes('x'), { sizeBytesMax: 10 })
  await storage.delete('people/ada-lovelace/photo')
  assert.deepEqual(await readdir(root), ['.spool'])
})

test('concurrent writes and deletions in one folder never fail', async t => {
  const { storage } = await openDisk(t)
  await Promise.all(
    Array.from({ length: 40 }, async (_, index) => {
      await storage.put(`folder/deep/${index % 4}`, bytes('x'), { sizeBytesMax: 10 })
      await storage.delete(`folder/deep/${index % 4}`)
    }),
  )
  assert.deepEqual((await storage.list('folder/')).objects, [])
})

test('a truncated object is reported as damaged instead of being read', async t => {
  const { root, storage } = await openDisk(t)
  await storage.put('x', bytes('some content'), { sizeBytesMax: 100 })
  await truncate(join(root, 'x~'), 30)
  await assert.rejects(storage.get('x'), /"x" is damaged/)
})
