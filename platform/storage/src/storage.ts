/** Files of modules by key: complete and visible under their key, or absent. Bytes stream and are never held whole. */
import type { Readable } from 'node:stream'
import { commonProblem } from '@octet/contracts'

export interface ObjectInfo {
  readonly key: string
  readonly sizeBytes: number
  /** SHA-256 of the content, in hex; computed while it streamed in. */
  readonly sha256: string
  readonly contentType: string
  /** Metadata that the writer supplied. */
  readonly metadata: Readonly<Record<string, string>>
}

export interface PutOptions {
  /** A larger body is not stored. */
  readonly sizeBytesMax: number
  readonly contentType?: string
  /** Small: 1,500 characters at most. */
  readonly metadata?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** Bytes `first` to `last` inclusive; without `last` to the end. */
export interface Range {
  readonly first: number
  readonly last?: number
}

export interface Page {
  /** In byte order of their keys. */
  readonly objects: readonly Pick<ObjectInfo, 'key' | 'sizeBytes'>[]
  /** Pass this as `after` for the next page; absent on the last. */
  readonly next?: string
}

export interface Storage {
  /**
   * Stores a stream and makes it visible once all of it is durable. Replaces an object of the same key. Throws
   * `payload-too-large`; on any failure the key keeps what it had.
   */
  put(key: string, body: AsyncIterable<Uint8Array>, options: PutOptions): Promise<ObjectInfo>
  /** `undefined` for an unknown key. Read the body to its end or destroy it. Throws RangeError beyond the end. */
  get(key: string, range?: Range): Promise<{ info: ObjectInfo; body: Readable } | undefined>
  stat(key: string): Promise<ObjectInfo | undefined>
  /** Succeeds for an unknown key too. */
  delete(key: string): Promise<void>
  /** Objects whose key begins with `prefix`, at most `limit` (1,000). */
  list(prefix: string, page?: { after?: string; limit?: number }): Promise<Page>
}

export const listMax = 1_000
const keyLengthMax = 512
const metadataCharsMax = 1_500
const segmentPattern = /^[a-z0-9][a-z0-9._-]{0,99}$/

/** Throws for a key that a disk or store could misread: `..`, capitals, empty parts. */
export function checkKey(key: string): void {
  const isGood = key.length <= keyLengthMax && key.split('/').every(part => segmentPattern.test(part))
  if (!isGood) throw new RangeError(`"${key}" is not a key: parts of small letters, digits, ".", "_" and "-"`)
}

/** The same for a key prefix, whose last part may be incomplete or missing. */
export function checkPrefix(prefix: string): void {
  if (prefix !== '') checkKey(prefix.endsWith('/') ? `${prefix}x` : prefix)
}

/** Throws for metadata that is too large. */
export function checkMetadata(metadata: Readonly<Record<string, string>>): void {
  if (!Object.keys(metadata).every(name => /^[a-z][a-z0-9-]{0,40}$/.test(name))) {
    throw new RangeError(`metadata names are small letters, digits and "-", not ${Object.keys(metadata).join(', ')}`)
  }
  const size = Object.values(metadata).reduce((sum, value) => sum + encodeURIComponent(value).length, 0)
  if (size > metadataCharsMax) throw new RangeError(`metadata has ${size} characters, ${metadataCharsMax} at most`)
}

/** Passes bytes on up to a limit, then throws `payload-too-large`. */
export async function* limited(body: AsyncIterable<Uint8Array>, options: PutOptions): AsyncIterable<Uint8Array> {
  let sizeBytes = 0
  for await (const chunk of body) {
    options.signal?.throwIfAborted()
    sizeBytes += chunk.byteLength
    if (sizeBytes > options.sizeBytesMax) {
      throw commonProblem('payload-too-large', { detail: `At most ${options.sizeBytesMax} bytes are stored.` })
    }
    yield chunk
  }
}

/** A part of a storage that sees nothing outside itself. */
export function within(storage: Storage, folder: string): Storage {
  checkKey(folder)
  const inside = `${folder}/`
  const outer = (key: string) => {
    checkKey(key)
    return inside + key
  }
  const renamed = <T extends { key: string }>(info: T): T => ({ ...info, key: info.key.slice(inside.length) })
  return {
    put: async (key, body, options) => renamed(await storage.put(outer(key), body, options)),
    async get(key, range) {
      const found = await storage.get(outer(key), range)
      return found && { body: found.body, info: renamed(found.info) }
    },
    async stat(key) {
      const info = await storage.stat(outer(key))
      return info && renamed(info)
    },
    delete: key => storage.delete(outer(key)),
    async list(prefix, { after, limit } = {}) {
      checkPrefix(prefix)
      const page = await storage.list(inside + prefix, {
        limit,
        ...(after === undefined ? {} : { after: outer(after) }),
      })
      const objects = page.objects.map(renamed)
      return page.next === undefined ? { objects } : { objects, next: page.next.slice(inside.length) }
    },
  }
}
