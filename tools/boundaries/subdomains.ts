/**
 * Sub-domains: the folders inside a module or a feature of the web client. A small file beside them, `subdomains.json`,
 * lists the imports that each may have. Its entry "." lists the root files that all of them share.
 */
import { posix } from 'node:path'
import type { Finding, Rule } from '../rule.ts'
import { baseName, type SourceFile, type Tree } from '../tree.ts'
import { cyclesOf } from './cycles.ts'
import { type Import, importsOf } from './imports.ts'

/** How many source files a folder may hold, without sub-folders. */
const folderFilesMax = 30
const source = /\.(ts|tsx|mts|js|mjs|css)$/
const declarationName = 'subdomains.json'

/** A folder whose sub-folders are sub-domains: the sources of a module, or a feature of the web client. */
const domainFolder = /^(modules\/[^/]+\/src|apps\/[^/]+\/src\/features\/[^/]+)\//

interface Domain {
  readonly folder: string
  /** The path of its `subdomains.json`. */
  readonly declarationPath: string
  readonly subdomains: ReadonlySet<string>
  readonly imports: readonly Import[]
}

type Declaration = Readonly<Record<string, readonly string[]>>

/** Every module and feature that has sub-folders. */
function domainsOf(tree: Tree): Domain[] {
  const subdomains = new Map<string, Set<string>>()
  for (const path of tree.keys()) {
    const folder = domainOf(path)
    const name = folder === undefined || !source.test(path) ? '.' : partOf(folder, path)
    if (folder !== undefined && name !== '.') subdomains.set(folder, (subdomains.get(folder) ?? new Set()).add(name))
  }
  const imports = Map.groupBy(importsOf(tree), ({ path }) => domainOf(path))
  return [...subdomains].map(([folder, names]) => {
    const home = folder.startsWith('modules/') ? posix.dirname(folder) : folder
    const declarationPath = posix.join(home, declarationName)
    return { folder, declarationPath, subdomains: names, imports: imports.get(folder) ?? [] }
  })
}

function domainOf(path: string): string | undefined {
  return domainFolder.exec(path)?.[1]
}

/** The sub-domain of a file; `.` for files at the root of the domain. */
function partOf(folder: string, path: string): string {
  const [first = '', ...rest] = path.slice(folder.length + 1).split('/')
  return rest.length === 0 ? '.' : first
}

/** The current imports between sub-domains, in the form of a declaration. */
function presentImports({ folder, subdomains, imports }: Domain): Map<string, Set<string>> {
  const present = new Map(['.', ...[...subdomains].sort()].map(name => [name, new Set<string>()]))
  for (const { path, targetPath } of imports) {
    const from = partOf(folder, path)
    if (from === '.' || targetPath === undefined || domainOf(targetPath) !== folder) continue
    const to = partOf(folder, targetPath)
    if (to === '.') present.get('.')?.add(baseName(targetPath))
    else if (to !== from) present.get(from)?.add(to)
  }
  return present
}

function readDeclaration(file: SourceFile | undefined): Declaration | undefined {
  try {
    const declaration = JSON.parse(file?.text ?? '') as Declaration
    const isList = (value: unknown) => Array.isArray(value) && value.every(item => typeof item === 'string')
    return Object.values(declaration).every(isList) ? declaration : undefined
  } catch {
    return undefined
  }
}

function judge(domain: Domain, tree: Tree): Finding[] {
  const { declarationPath: path, folder, subdomains } = domain
  const present = presentImports(domain)
  const declaration = readDeclaration(tree.get(path))
  const today = `today's imports are ${jsonOf(present)}`
  if (declaration === undefined) return [{ path, line: 1, message: `missing, or not an object of lists; ${today}` }]
  const declared = new Map(Object.entries(declaration).map(([name, targets]) => [name, new Set(targets)]))
  const names = [...declared.keys()].filter(name => name !== '.')
  const messages = [
    ...[...subdomains].filter(name => !declared.has(name)).map(name => `${name} is not listed; add it`),
    ...names.filter(name => !subdomains.has(name)).map(name => `${name} is not a folder; remove it`),
    ...[...declared].flatMap(([from, targets]) =>
      [...targets]
        .filter(to => present.get(from)?.has(to) !== true)
        .map(to => `${from === '.' ? 'no sub-domain imports' : `${from} does not import`} ${to}; remove it`),
    ),
    ...(folder.startsWith('modules/') ? cyclesAmong(declared) : []),
  ]
  const undeclared = domain.imports.flatMap(edge => judgeImport(domain, declared, edge))
  if (messages.length === 0) return undeclared
  return [...undeclared, { path, line: 1, message: `${messages.join('; ')}; ${today}` }]
}

function jsonOf(edges: ReadonlyMap<string, ReadonlySet<string>>): string {
  return JSON.stringify(Object.fromEntries([...edges].map(([name, targets]) => [name, [...targets].sort()])))
}

/** The sub-domains of a module have an order, so that a lower one can be read without a higher one. */
function cyclesAmong(declared: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const graph = new Map([...declared].filter(([name]) => name !== '.'))
  return cyclesOf(graph).map(cycle => `sub-domains import each other: ${cycle.join(' → ')}; move what both need`)
}

/** A sub-domain imports only what it declares. Root files import anything. */
function judgeImport(
  { folder, declarationPath }: Domain,
  declared: ReadonlyMap<string, ReadonlySet<string>>,
  { path, line, targetPath }: Import,
): Finding[] {
  const from = partOf(folder, path)
  if (from === '.' || targetPath === undefined || domainOf(targetPath) !== folder) return []
  const to = partOf(folder, targetPath)
  const isRoot = to === '.'
  const name = isRoot ? baseName(targetPath) : to
  if (from === to || declared.get(isRoot ? '.' : from)?.has(name) === true) return []
  const what = isRoot ? `the root file ${name}, which is not shared` : `${to}, which it does not declare`
  return [{ path, line, message: `${from} imports ${what}; move the code, or declare it in ${declarationPath}` }]
}

export const subdomainRules: readonly Rule[] = [
  {
    name: 'subdomains-declared',
    why: 'Folders that import each other freely are really one folder.',
    check: tree => domainsOf(tree).flatMap(domain => judge(domain, tree)),
  },
  {
    name: 'folder-size',
    why: 'Among thirty files a reader finds one by its name; among a hundred the reader has to search.',
    check: tree => {
      const files = [...tree.keys()].filter(path => source.test(path))
      return [...Map.groupBy(files, path => posix.dirname(path))]
        .filter(([, paths]) => paths.length > folderFilesMax)
        .map(([folder, [path = folder, ...others]]) => {
          const count = others.length + 1
          const message = `${folder} holds ${count} source files, ${folderFilesMax} at most; make sub-folders`
          return { path, line: 1, message }
        })
    },
  },
]
