/** Both stores, opened for a test: a folder, and a bucket on a server started here. */
import { createCipheriv, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDiskStorage, openS3Storage, type Storage } from '../src/index.ts'

interface Test {
  after(undo: () => Promise<unknown>): void
}

interface S3Server {
  run(): Promise<AddressInfo>
  close(): Promise<void>
}

/** What s3rver, which has no types, is made with. */
type S3Servers = new (options: object) => S3Server
const account = { accessKey: 'S3RVER', secretKey: 'S3RVER', region: 'us-east-1' }

/** s3rver seals its page tokens with a cipher OpenSSL no longer has. We page by key and never send one back. */
const require = createRequire(import.meta.url)
const crypto = require('node:crypto') as { createCipheriv: typeof createCipheriv }
crypto.createCipheriv = ((name: string, ...rest: [Buffer, Buffer]) => {
  return name === 'des' ? createCipheriv('aes-128-ecb', randomBytes(16), null) : createCipheriv(name, ...rest)
}) as typeof createCipheriv

export interface OpenedStore {
  readonly storage: Storage
  /** Another process on the same store. */
  reopen(): Promise<Storage>
}

export async function temporaryFolder(t: Test): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'octet-storage-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  return dir
}

export async function openDisk(t: Test): Promise<OpenedStore & { root: string }> {
  const root = await temporaryFolder(t)
  return { root, storage: await openDiskStorage(root), reopen: () => openDiskStorage(root) }
}

export async function openS3(t: Test): Promise<OpenedStore & { spoolDir: string }> {
  const directory = await temporaryFolder(t)
  const spoolDir = await temporaryFolder(t)
  const Server = require('s3rver') as S3Servers
  const server = new Server({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory,
    configureBuckets: [{ name: 'octet' }],
  })
  const { port } = await server.run()
  const open = async () => {
    const storage = await openS3Storage({ url: `http://127.0.0.1:${port}/octet`, ...account, spoolDir })
    t.after(() => storage.close())
    return storage
  }
  t.after(() => server.close())
  return { spoolDir, storage: await open(), reopen: open }
}
