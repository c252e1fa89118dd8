import { type Db, newId } from '@octet/db'
import { type Host, serviceRequest } from '@octet/kernel'
import * as store from './store.ts'

const seedTimeoutMs = 60_000

/** Lets each module fill an empty installation, once in the life of the database, one process at a time. */
export async function seedDemo(host: Host, own: Db): Promise<void> {
  await store.lockSeeds(own)
  try {
    const seeded = await store.seededModules(own)
    for (const module of host.modules) {
      const name = module.contract.name as string
      if (seeded.has(name)) continue
      await module.seedDemo?.(host.contextOf(name, serviceRequest(name, newId(), seedTimeoutMs)))
      await store.markSeeded(own, name)
    }
  } finally {
    await store.unlockSeeds(own)
  }
}
