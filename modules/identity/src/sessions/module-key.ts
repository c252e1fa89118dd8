/** Random keys of the module, created once per database, shared by all processes and stored sealed. */
import { randomBytes } from 'node:crypto'
import type { Db } from '@octet/db'
import type { Secrets } from '@octet/secrets'
import { readOrInsertModuleKey, replaceModuleKey } from './key-store.ts'

const keySizeBytes = 32

/** The key of this name, created by the first process that needs it. Seals a key that is stored in plain form. */
export async function openModuleKey(db: Db, secrets: Secrets, name: string): Promise<Buffer> {
  const purpose = `identity module key ${name}`
  const kept = await readOrInsertModuleKey(db, { name, value: secrets.seal(randomBytes(keySizeBytes), purpose) })
  if (kept.length !== keySizeBytes) return secrets.open(kept, purpose)
  await replaceModuleKey(db, { name, before: kept, after: secrets.seal(kept, purpose) })
  return kept
}
