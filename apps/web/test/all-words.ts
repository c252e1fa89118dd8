/** The messages of every system, found by their folders: a new system is covered without being listed. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

type Words = Readonly<Record<string, string>>

const source = join(import.meta.dirname, '../src')

/** `shared` first, then the features by name. */
export const messageFolders: readonly string[] = [
  join(source, 'shared/messages'),
  ...readdirSync(join(source, 'features')).map(feature => join(source, 'features', feature, 'messages')),
].filter(folder => existsSync(folder))

/** The value that a file exports under a name; undefined without such a file. */
async function exported<T>(folder: string, file: string, name: string): Promise<T | undefined> {
  const path = join(folder, file)
  if (!existsSync(path)) return undefined
  const module = (await import(path)) as Record<string, T>
  return module[name]
}

async function merged(file: string, name: string): Promise<Words> {
  const parts = await Promise.all(messageFolders.map(folder => exported<Words>(folder, file, name)))
  return Object.assign({}, ...parts)
}

/** English: the messages that are always loaded, and those of the other pages. */
export const en: Words = { ...(await merged('en.ts', 'en')), ...(await merged('en-pages.ts', 'default')) }
export const de: Words = await merged('de.ts', 'default')

const silent = await Promise.all(
  messageFolders.map(folder => exported<readonly string[]>(folder, 'silent-problems.ts', 'silentProblems')),
)
/** The codes of problems without messages, each with the reason beside it. */
export const silentProblems: readonly string[] = silent.flatMap(codes => codes ?? [])
