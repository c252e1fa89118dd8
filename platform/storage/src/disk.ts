/**
 * Storage in a folder. An object is one file: its content, then its metadata as JSON, then the length of that JSON. One
 * file, so that one rename makes both visible; metadata last, because size and hash are known only at the end.
 */
import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { spool, sweepSpool } from './spool.ts'
import {
  checkKey,
  checkMetadata,
  checkPrefix,
  listMax,
  type ObjectInfo,
  type Page,
  type Range,
  type Storage,
} from './storage.ts'

/** Suffix of an object's file. No key contains it, so `a` and `a/b` can both exist. */
const suffix = '~'
const spoolFolder = '.spool'
const magic = Buffer.from('OCT1')
const trailerBytes = 4 + magic.byteLength
const movesMax = 10

/** Opens a storage in `root`, which it creates when missing. Removes unfinished uploads of dead processes. */
export async function openDiskStorage(root: string): Promise<Storage> {
  const spoolDir = join(root, spoolFolder)
  await sweepSpool(spoolDir)
  const pathOf = (key: string) => {
    checkKey(key)
    return join(root, `${key}${suffix}`)
  }
  return {
    put(key, body, options) {
      const target = pathOf(key)
      const { contentType = 'application/octet-stream', metadata = {} } = options
      checkMetadata(metadata)
      return spool({ dir: spoolDir, body, options }, async ({ path, file, sizeBytes, sha256 }) => {
        const about = Buffer.from(JSON.stringify({ sizeBytes, sha256, contentType, metadata }))
        const lengthBytes = Buffer.alloc(4)
        lengthBytes.writeUInt32BE(about.byteLength)
        await file.writeFile(Buffer.concat([about, lengthBytes, magic]))
        await file.sync()
        await moveDurably(root, path, target)
        return { key, sizeBytes, sha256, contentType, metadata }
      })
    },
    async get(key, range) {
      const file = await openIfThere(pathOf(key))
      if (file === undefined) return undefined
      try {
        const info = await readInfo(file, key)
        return { info, body: contentOf(file, info, range) }
      } catch (error) {
        await file.close()
        throw error
      }
    },
    async stat(key) {
      const file = await openIfThere(pathOf(key))
      if (file === undefined) return undefined
      return readInfo(file, key).finally(() => file.close())
    },
    async delete(key) {
      const path = pathOf(key)
      await rm(path, { force: true })
      await syncDirectory(dirname(path)).catch(ignoreMissing)
      await removeEmpty(root, dirname(path))
    },
    async list(prefix, { after = '', limit = listMax } = {}): Promise<Page> {
      checkPrefix(prefix)
      const objects: { key: string; sizeBytes: number }[] = []
      const max = Math.min(limit, listMax)
      const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
      for await (const key of keysBelow(root, folder, { prefix, after })) {
        if (objects.length === max) return { objects, next: objects.at(-1)?.key ?? '' }
        const file = await openIfThere(join(root, `${key}${suffix}`))
        if (file === undefined) continue // Deleted meanwhile.
        const { sizeBytes } = await readInfo(file, key).finally(() => file.close())
        objects.push({ key, sizeBytes })
      }
      return { objects }
    },
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  return open(path, 'r').catch(ignoreMissing)
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error
}

async function readInfo(file: FileHandle, key: string): Promise<ObjectInfo> {
  const { size } = await file.stat()
  const trailer = Buffer.alloc(trailerBytes)
  await file.read(trailer, 0, trailerBytes, Math.max(0, size - trailerBytes))
  const aboutBytes = trailer.readUInt32BE(0)
  const start = size - trailerBytes - aboutBytes
  if (!trailer.subarray(4).equals(magic) || start < 0) throw new Error(`the stored object "${key}" is damaged`)
  const about = Buffer.alloc(aboutBytes)
  await file.read(about, 0, aboutBytes, start)
  const info = JSON.parse(about.toString()) as Omit<ObjectInfo, 'key'>
  if (info.sizeBytes !== start) throw new Error(`the stored object "${key}" is damaged: its size is not what it says`)
  return { key, ...info }
}

/** Closes the file when it ends or is destroyed. Throws RangeError for a range beyond the content. */
function contentOf(file: FileHandle, { key, sizeBytes }: ObjectInfo, range: Range = { first: 0 }): Readable {
  const last = Math.min(range.last ?? sizeBytes - 1, sizeBytes - 1)
  if (range.first < 0 || range.first > last) {
    if (sizeBytes > 0 || range.first > 0) throw new RangeError(`"${key}" has no bytes from ${range.first} to ${last}`)
    const nothing = Readable.from([])
    void file.close()
    return nothing
  }
  return file.createReadStream({ start: range.first, end: last })
}

/** Renames and makes the new name, and the folders created for it, survive a power cut. */
async function moveDurably(root: string, from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const made = await mkdir(dirname(to), { recursive: true, mode: 0o700 })
    try {
      await rename(from, to)
      await syncDirectory(dirname(to))
      for (let dir = dirname(to); made !== undefined && dir !== dirname(made) && dir !== root; dir = dirname(dir)) {
        await syncDirectory(dirname(dir))
      }
      return
    } catch (error) {
      // A concurrent deletion removed the last object of that folder, and the folder.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt === movesMax) throw error
    }
  }
}

async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return // Windows cannot open directories.
  const directory = await open(path, constants.O_RDONLY)
  await directory.sync().finally(() => directory.close())
}

/** Removes empty folders: their names may be personal data too. */
async function removeEmpty(root: string, from: string): Promise<void> {
  const top = resolve(root)
  for (let dir = resolve(from); dir !== top && !relative(top, dir).startsWith('..'); dir = dirname(dir)) {
    const isGone = await rmdir(dir).then(
      () => true,
      () => false, // Not empty, or another deletion was faster.
    )
    if (!isGone) return
  }
}

/** Keys in byte order, folder by folder. */
async function* keysBelow(
  root: string,
  folder: string,
  wanted: { prefix: string; after: string },
): AsyncIterable<string> {
  const entries = (await readdir(join(root, folder), { withFileTypes: true }).catch(ignoreMissing)) ?? []
  const names = entries
    .filter(entry => folder !== '' || entry.name !== spoolFolder)
    .map(entry => (entry.isDirectory() ? `${entry.name}/` : entry.name.slice(0, -suffix.length)))
    .sort((a, b) => (a < b ? -1 : 1))
  for (const name of names) {
    const key = folder + name
    const isFolder = name.endsWith('/')
    if (isFolder) {
      const mayHold = key.startsWith(wanted.prefix) || wanted.prefix.startsWith(key)
      if (mayHold && (key > wanted.after || wanted.after.startsWith(key))) yield* keysBelow(root, key, wanted)
    } else if (key.startsWith(wanted.prefix) && key > wanted.after) yield key
  }
}
