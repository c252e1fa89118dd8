import { link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { newSecretKey } from './secrets.ts'

/**
 * The key in a file of one base64 line. Creates the file, readable by its owner only, when it is missing. When several
 * processes create it at once, one wins and all read its key. Throws when the file holds something else.
 */
export async function readKeyFile(path: string): Promise<Buffer> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
  if (text === undefined) {
    await makeKeyFile(path)
    return readKeyFile(path)
  }
  const key = Buffer.from(text.trim(), 'base64')
  if (key.length !== 32) throw new Error(`${path} does not hold a key of 32 bytes in base64`)
  return key
}

async function makeKeyFile(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${process.pid}.tmp`
  await rm(draft, { force: true })
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(`${newSecretKey().toString('base64')}\n`)
    await file.sync() // What the key seals is only as durable as the key.
  } finally {
    await file.close()
  }
  try {
    await link(draft, path) // Unlike a rename, a link never replaces an existing key.
    await syncFolder(dirname(path))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(draft, { force: true })
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
