/** Random keys of the module itself, made once per database and shared by all its processes. */
import { randomBytes } from 'node:crypto'
import type { Queryable } from '@octet/db'
import { readOrInsertModuleKey } from './key-store.ts'

const keySizeBytes = 32

/** The key of this name; the first process to ask makes it. */
export function openModuleKey(db: Queryable, name: string): Promise<Buffer> {
  return readOrInsertModuleKey(db, { name, value: randomBytes(keySizeBytes) })
}
