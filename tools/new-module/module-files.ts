/** The files of a new system, the three lines that list it, and the names that are allowed. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseSync } from 'oxc-parser'
import type { Tree } from '../tree.ts'

export interface Names {
  /** Plural, one lower-case word: `badges`. */
  readonly module: string
  /** The singular: `badge`. */
  readonly noun: string
}

export interface FileChange {
  readonly path: string
  /** `null` deletes the file. */
  readonly text: string | null
}

type Way = 'add' | 'remove'

const templates = join(import.meta.dirname, 'template')
const suffix = '.template'
const wordMax = 30
/** Words that PostgreSQL does not accept as the name of a table. */
const reservedBySql: ReadonlySet<string> = new Set([
  'references',
  'grants',
  'user',
  'group',
  'order',
  'table',
  'columns',
])

/** Checks the names; throws an error that explains the fault and the fix. */
export function namesOf(tree: Tree, asked: { name: string; noun: string | undefined; way: Way }): Names {
  const { name: module, way } = asked
  checkWord(module)
  const exists = [...tree.keys()].some(path => ownPlaces(module).some(place => path.startsWith(place)))
  if (way === 'remove') {
    if (!exists) throw new Error(`the module "${module}" does not exist`)
    return { module, noun: module }
  }
  if (exists) throw new Error(`the module "${module}" already exists`)
  const noun = asked.noun ?? singularOf(module)
  checkWord(noun)
  if (noun === module) throw new Error(`"${module}" is not a plural; give the singular with --noun`)
  for (const word of [module, noun]) checkFree(tree, word)
  return { module, noun }
}

function checkWord(word: string): void {
  if (!/^[a-z][a-z0-9]{2,}$/.test(word) || word.length > wordMax) {
    throw new Error(`"${word}" is not a name: one word of 3 to ${wordMax} lower-case letters`)
  }
  if (parseSync('name.ts', `const ${word} = 1`).errors.length > 0 || reservedBySql.has(word)) {
    throw new Error(`"${word}" is a reserved word; take another name`)
  }
}

/** The package exports a contract under its name next to the building blocks, so their names are taken. */
function checkFree(tree: Tree, word: string): void {
  const exported = new RegExp(`^export (?:const|function|type|interface|class) (?:${word}|${capital(word)})\\b`, 'm')
  const taken = [...tree.values()].find(({ path, text }) => path.startsWith('contracts/src/') && exported.test(text))
  if (taken !== undefined) throw new Error(`${taken.path} already exports "${word}"; take another name`)
}

function singularOf(plural: string): string {
  if (plural.endsWith('ies')) return `${plural.slice(0, -3)}y`
  return plural.endsWith('s') && !plural.endsWith('ss') ? plural.slice(0, -1) : plural
}

/** Every file to write, change or delete. */
export function fileChanges(tree: Tree, names: Names, way: Way): FileChange[] {
  return [...(way === 'add' ? newFiles(names) : oldFiles(tree, names)), ...listChanges(tree, names, way)]
}

/** The templates, each at its path from the root. */
function newFiles(names: Names): FileChange[] {
  return readdirSync(templates, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith(suffix))
    .sort()
    .map(path => ({
      path: named(path.replaceAll('\\', '/').slice(0, -suffix.length), names),
      text: named(readFileSync(join(templates, path), 'utf8'), names),
    }))
}

/** The templates use the name `samples`. */
function named(text: string, { module, noun }: Names): string {
  const words = { Samples: capital(module), samples: module, Sample: capital(noun), sample: noun }
  return Object.entries(words).reduce((result, [word, replacement]) => result.replaceAll(word, replacement), text)
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

/** The paths that belong to one system alone. A slash at the end marks a folder. */
export function ownPlaces(module: string): string[] {
  return [
    ...[`contracts/src/${module}/`, `contracts/test/snapshot/${module}.json`, `modules/${module}/`],
    ...[`apps/web/src/features/${module}/`, `apps/server/test/canaries/${module}.ts`],
    ...[`chaos/systems/${module}/`, `bench/${module}/`, `labs/${module}/`, `e2e/${module}.test.ts`],
  ]
}

function oldFiles(tree: Tree, { module }: Names): FileChange[] {
  const own = ownPlaces(module)
  return [...tree.keys()]
    .filter(path => own.some(place => (place.endsWith('/') ? path.startsWith(place) : path === place)))
    .map(path => ({ path, text: null }))
}

/**
 * The lists of contracts, of modules and of systems in the web client. A new system edits one line in each and nothing
 * else.
 */
export const lists: readonly { readonly path: string; line(module: string): string }[] = [
  { path: 'contracts/src/list.ts', line: module => `export { ${module} } from './${module}/index.ts'` },
  { path: 'apps/server/src/module-list.ts', line: module => `export { ${module}Module } from '@octet/${module}'` },
  { path: 'apps/web/src/app/systems.ts', line: module => `export { ${module} } from '../features/${module}/app.ts'` },
]

/** Adds the line at the end, for the formatter to sort, or removes it. */
function listChanges(tree: Tree, { module }: Names, way: Way): FileChange[] {
  return lists.map(({ path, line }) => {
    const text = tree.get(path)?.text
    if (text === undefined) throw new Error(`${path} is missing`)
    const others = text.split('\n').filter(each => each !== line(module) && each !== '')
    return { path, text: `${[...others, ...(way === 'add' ? [line(module)] : [])].join('\n')}\n` }
  })
}

/** Writes the changes below `root`. It also deletes other programs' files in the folders of a removed system. */
export function write(root: string, changes: readonly FileChange[], { module }: Names): void {
  for (const { path, text } of changes) {
    const file = join(root, path)
    if (text === null) rmSync(file, { force: true })
    else {
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
    }
  }
  if (!changes.some(({ text }) => text === null)) return
  for (const place of ownPlaces(module)) rmSync(join(root, place), { recursive: true, force: true })
}
