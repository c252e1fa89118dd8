/** The mutants of two-processes.test.ts: a limit that is checked, then used, and a cache that lives on hits. */
import { registerHooks } from 'node:module'

const mutants: Readonly<Record<string, readonly [from: string, to: string]>> = {
  // Reads how many are left without holding them; the wait makes sure that two look at the same moment.
  '/modules/links/src/redirect/store.ts': [
    'deleted_at is null for update)',
    'deleted_at is null and pg_sleep(0.1) is not null)',
  ],
  '/platform/cache/src/cache.ts': ['stats.hits++', 'entry.loadedAtMs = now(); stats.hits++'],
}

const planted = new Set<string>()
registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    const file = Object.keys(mutants).find(end => url.endsWith(end))
    const [from, to] = (file === undefined ? undefined : mutants[file]) ?? []
    if (file === undefined || from === undefined || to === undefined) return loaded
    const source = String(loaded.source)
    if (!source.includes(from)) throw new Error(`${file} has changed: the mutant does not fit any more`)
    planted.add(file)
    return { ...loaded, source: source.replace(from, to) }
  },
})

process.argv.push('--source')
await import('../src/main.ts')
if (planted.size < Object.keys(mutants).length) throw new Error('a mutant was not planted')
