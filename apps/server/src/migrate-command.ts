/** `npm run migrate -- up | down <module> [steps] | status`. */
import { join, resolve } from 'node:path'
import { type Config, configOf } from '@octet/config'
import {
  lockDataDir,
  type MigrationStatus,
  migrateDown,
  migrateUp,
  migrationStatus,
  startEmbeddedPostgres,
} from '@octet/db'
import { createLog } from '@octet/observe'
import { migrationsOf } from '@octet/runtime'
import { modules } from './modules.ts'
import { serverSettings } from './settings.ts'

export async function migrateCommand(
  config: Config,
  [way = 'status', name, steps = '1']: readonly string[],
): Promise<void> {
  const sets = migrationsOf(modules)
  await withDatabase(config, async url => {
    if (way === 'up') return print((await migrateUp(url, sets)).applied, 'applied', 'nothing to apply')
    if (way === 'down') {
      const set = sets.find(({ module }) => module === name)
      if (set === undefined) throw new Error(`down needs a module: ${sets.map(({ module }) => module).join(', ')}`)
      if (!/^[1-9]\d?$/.test(steps)) throw new Error(`"${steps}" is not a number of steps`)
      return print(await migrateDown(url, set, Number(steps)), 'taken back', 'nothing to take back')
    }
    if (way !== 'status') throw new Error(`"${way}" is not one of up, down, status`)
    for (const status of await migrationStatus(url, sets)) process.stdout.write(`${lineOf(status)}\n`)
  })
  process.exit(0)
}

function lineOf({ module, id, appliedAt, contract, isKnown }: MigrationStatus): string {
  const notes = [...(contract === null ? [] : [`contract: ${contract}`]), ...(isKnown ? [] : ['of a newer release'])]
  return `${(appliedAt ?? 'pending').padEnd(24)}  ${module}/${id}${notes.map(note => `  (${note})`).join('')}`
}

function print(names: readonly string[], verb: string, nothing: string): void {
  process.stdout.write(names.length === 0 ? `${nothing}\n` : names.map(name => `${verb} ${name}\n`).join(''))
}

async function withDatabase(config: Config, run: (url: string) => Promise<void>): Promise<void> {
  const { DATABASE_URL, OCTET_DATA } = configOf(config, serverSettings)
  if (DATABASE_URL !== undefined) return run(DATABASE_URL)
  const dataDir = resolve(OCTET_DATA)
  const lock = await lockDataDir(dataDir)
  try {
    const embedded = await startEmbeddedPostgres({ dir: join(dataDir, 'postgres'), log: createLog({ level: 'warn' }) })
    await run(embedded.url).finally(() => embedded.stop())
  } finally {
    await lock.release()
  }
}
