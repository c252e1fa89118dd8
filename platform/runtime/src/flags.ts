/**
 * The flags of an installation. Every process reads the few decided ones once a second, as it does with revocations: a
 * message to other processes could get lost, a poll cannot.
 */
import type { Db } from '@octet/db'
import { type AnyModule, type Flag, type Flags, type InstallationFlags, isInShare, within } from '@octet/kernel'
import type { Log } from '@octet/observe'
import * as store from './store.ts'

const pollMs = 1_000
/** A read that hangs on a cut connection is given up after this time. */
const readTimeoutMs = 2_000

export interface RuntimeFlags {
  readonly flags: Flags
  readonly administration: InstallationFlags
  stop(): void
}

/**
 * Reads the decided flags once, then keeps reading. While the database does not answer, what was read last holds: an
 * outage must not turn on what an administrator turned off. Before the first answer every flag has its default.
 */
export async function openFlags({
  db,
  modules,
  log,
}: {
  readonly db: Db
  readonly modules: readonly AnyModule[]
  readonly log: Log
}): Promise<RuntimeFlags> {
  const declared = declaredFlags(modules)
  let shares = new Map<string, number>()
  let readAtMs = Number.NEGATIVE_INFINITY
  let isFailing = false
  let timer: NodeJS.Timeout | undefined
  let isStopped = false

  async function read(): Promise<void> {
    const startedMs = performance.now()
    const rows = await within(readTimeoutMs, store.listFlags(db))
    // An earlier read that answers late must not undo a later one.
    if (startedMs < readAtMs) return
    shares = new Map(rows.map(({ name, share }) => [name, share]))
    readAtMs = startedMs
    isFailing = false
  }

  async function poll(): Promise<void> {
    try {
      await read()
    } catch (error) {
      if (!isFailing) log.warn({ err: error }, 'feature flags could not be read; the last known ones hold')
      isFailing = true
    }
    if (!isStopped) timer = setTimeout(() => void poll(), pollMs).unref()
  }

  await poll()
  return {
    flags: {
      isOn(flag, accountId) {
        if (declared.get(flag.name) !== flag) throw new Error(`no module lists the flag "${flag.name}"`)
        const share = shares.get(flag.name)
        return share === undefined ? flag.isOnByDefault : isInShare(flag.name, share, accountId)
      },
    },
    administration: {
      async list() {
        const rows = new Map((await store.listFlags(db)).map(row => [row.name, row]))
        return [...declared.values()].map(flag => {
          const row = rows.get(flag.name)
          return { ...flag, sharePercent: row?.share ?? null, changedAt: row?.changed_at ?? null }
        })
      },
      set: (tx, name, sharePercent) => store.setFlag(tx, name, sharePercent),
      refresh: () => read().catch(() => undefined),
    },
    stop() {
      isStopped = true
      clearTimeout(timer)
    },
  }
}

/** @throws Error when two modules declare one name, or a name does not begin with its module */
function declaredFlags(modules: readonly AnyModule[]): ReadonlyMap<string, Flag> {
  const declared = new Map<string, Flag>()
  for (const { contract, flags = [] } of modules) {
    for (const flag of flags as readonly Flag[]) {
      if (!flag.name.startsWith(`${contract.name}.`)) throw new Error(`${contract.name} declares the flag ${flag.name}`)
      if (declared.has(flag.name)) throw new Error(`the flag ${flag.name} is declared twice`)
      declared.set(flag.name, flag)
    }
  }
  return declared
}
