/** Which files a new module consists of, which it changes, and which names it may have. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseSync } from 'oxc-parser'
import type { Tree } from '../tree.ts'

export interface Names {
  /** Plural, one lower-case word: `badges`. */
  readonly module: string
  /** One of what the module is about: `badge`. */
  readonly noun: string
}

export interface FileChange {
  readonly path: string
  /** `null`: the file goes. */
  readonly text: string | null
}

type Way = 'add' | 'remove'

const template = import.meta.dirname
const suffix = '.template'
const wordMax = 30
/** Words that PostgreSQL would not take for the name of a table, as far as they are plural nouns or look like them. */
const reservedBySql: ReadonlySet<string> = new Set([
  'references',
  'grants',
  'user',
  'group',
  'order',
  'table',
  'columns',
])

/** Checks the names; throws with what is wrong and what to do. */
export function namesOf(tree: Tree, asked: { name: string; noun: string | undefined; way: Way }): Names {
  const { name: module, way } = asked
  checkWord(module)
  const exists = [...tree.keys()].some(path => path.startsWith(`modules/${module}/`))
  if (way === 'remove') {
    if (!exists) throw new Error(`there is no module "${module}"`)
    return { module, noun: module }
  }
  if (exists || tree.has(`contracts/src/${module}/index.ts`)) throw new Error(`there is a module "${module}" already`)
  const noun = asked.noun ?? singularOf(module)
  checkWord(noun)
  if (noun === module) throw new Error(`"${module}" is not a plural; say what one of them is called with --noun`)
  for (const word of [module, noun]) checkFree(tree, word)
  return { module, noun }
}

function checkWord(word: string): void {
  if (!/^[a-z][a-z0-9]{2,}$/.test(word) || word.length > wordMax) {
    throw new Error(`"${word}" is not a name: one word of 3 to ${wordMax} small letters`)
  }
  if (parseSync('name.ts', `const ${word} = 1`).errors.length > 0 || reservedBySql.has(word)) {
    throw new Error(`"${word}" is a reserved word; take another name`)
  }
}

/** A contract is exported under its name beside the building blocks, so these names are taken. */
function checkFree(tree: Tree, word: string): void {
  const exported = new RegExp(`^export (?:const|function|type|interface|class) (?:${word}|${capital(word)})\\b`, 'm')
  const taken = [...tree.values()].find(({ path, text }) => path.startsWith('contracts/src/') && exported.test(text))
  if (taken !== undefined) throw new Error(`${taken.path} exports "${word}" already; take another name`)
}

function singularOf(plural: string): string {
  if (plural.endsWith('ies')) return `${plural.slice(0, -3)}y`
  return plural.endsWith('s') && !plural.endsWith('ss') ? plural.slice(0, -1) : plural
}

/** Every file to write, change or delete. */
export function fileChanges(tree: Tree, names: Names, way: Way): FileChange[] {
  return [...(way === 'add' ? newFiles(names) : oldFiles(tree, names)), ...wiring(tree, names, way)]
}

function newFiles(names: Names): FileChange[] {
  return readdirSync(template, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith(suffix))
    .sort()
    .map(path => {
      const target = named(path.replaceAll('\\', '/').slice(0, -suffix.length), names)
      const text = named(readFileSync(join(template, path), 'utf8'), names)
      if (target === 'contract.ts') return { path: `contracts/src/${names.module}/index.ts`, text }
      return { path: `modules/${names.module}/${target}`, text }
    })
}

/** The template speaks of samples. */
function named(text: string, { module, noun }: Names): string {
  const words = { Samples: capital(module), samples: module, Sample: capital(noun), sample: noun }
  return Object.entries(words).reduce((result, [word, replacement]) => result.replaceAll(word, replacement), text)
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

function oldFiles(tree: Tree, { module }: Names): FileChange[] {
  return [...tree.keys()]
    .filter(path => {
      const own = [`modules/${module}/`, `contracts/src/${module}/`, `contracts/test/snapshot/${module}.json`]
      return own.some(prefix => path.startsWith(prefix))
    })
    .map(path => ({ path, text: null }))
}

/** The few lines outside the module's own folder. */
function wiring(tree: Tree, { module }: Names, way: Way): FileChange[] {
  const change = (path: string, edit: (text: string) => string): FileChange => {
    const text = tree.get(path)?.text
    if (text === undefined) throw new Error(`${path} is missing`)
    return { path, text: edit(text) }
  }
  return [
    change('contracts/src/all.ts', text => {
      const line = `import { ${module} } from './${module}/index.ts'`
      const imported = way === 'add' ? withImport(text, line) : withoutImports(text, `./${module}/index.ts`)
      return withElement(imported, 'const all = [', module, way)
    }),
    change('apps/server/src/modules.ts', text => {
      const line = `import { ${module}Module } from '@octet/${module}'`
      const imported = way === 'add' ? withImport(text, line) : withoutImports(text, `@octet/${module}`)
      return withElement(imported, 'modules: readonly AnyModule[] = [', `${module}Module`, way)
    }),
    change('apps/server/package.json', text => withDependency(text, `@octet/${module}`, way)),
  ]
}

/** Puts an import before the first one; the formatter sorts them. */
function withImport(text: string, line: string): string {
  return text.replace(/^import /m, match => `${line}\n${match}`)
}

function withoutImports(text: string, from: string): string {
  const escaped = from.replace(/[.]/g, '\\.')
  return text.replace(new RegExp(`^import \\{[^}]*\\} from '${escaped}'\\n`, 'gm'), '')
}

/** Adds an element to the list that the declaration opens, or takes it out. */
function withElement(text: string, declaration: string, element: string, way: Way): string {
  const start = text.indexOf(declaration)
  if (start === -1) throw new Error(`there is no list "${declaration}…" to add ${element} to`)
  const from = start + declaration.length
  const to = text.indexOf(']', from)
  const known = text
    .slice(from, to)
    .split(',')
    .map(name => name.trim())
  const others = known.filter(name => name !== '' && name !== element)
  return `${text.slice(0, from)}${[...others, ...(way === 'add' ? [element] : [])].join(', ')}${text.slice(to)}`
}

function withDependency(text: string, name: string, way: Way): string {
  const manifest = JSON.parse(text) as { version: string; dependencies: Record<string, string> }
  const others = Object.entries(manifest.dependencies).filter(([known]) => known !== name)
  const after = others.findIndex(([known]) => known > name)
  if (way === 'add') others.splice(after === -1 ? others.length : after, 0, [name, manifest.version])
  return `${JSON.stringify({ ...manifest, dependencies: Object.fromEntries(others) }, null, 2)}\n`
}

/** Writes the changes below `folder`; the folder of a module that goes is removed with what npm put there. */
export function write(folder: string, changes: readonly FileChange[]): void {
  for (const { path, text } of changes) {
    const file = join(folder, path)
    if (text === null) {
      rmSync(file, { force: true })
      const [, moduleFolder] = /^(modules\/[^/]+)\//.exec(path) ?? []
      if (moduleFolder !== undefined) rmSync(join(folder, moduleFolder), { recursive: true, force: true })
    } else {
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
    }
  }
}
