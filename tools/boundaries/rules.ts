/** The import rules. Every rule follows from the folders, so it covers a new module at once. */
import type { Layer, Package } from '../packages.ts'
import type { Finding, Rule } from '../rule.ts'
import { codeFiles, exportedFunctions, nameOf, syntaxOf } from '../syntax.ts'
import { oncePerFile, type Tree } from '../tree.ts'
import { cyclesOf } from './cycles.ts'
import { type Import, importsOf } from './imports.ts'
import { subdomainRules } from './subdomains.ts'

const contractsPackage = '@octet/contracts'
const databaseDrivers: ReadonlySet<string> = new Set(['postgres', 'pg'])
const driverHomes = /^platform\/db\//
/** The platform's own tables (outbox, inbox, jobs), and the testkit, which creates databases. */
const floorSqlHomes = /^platform\/(db|bus|jobs|testkit)\//
/** `store.ts` or `<table>-store.ts`, in `src` or in the folder of a sub-domain. */
const storeFile = /\/src\/([a-z-]+\/)?([a-z-]+-)?store\.ts$/

/** A rule about single imports; `judge` returns the fault of an import, or undefined. */
function importRule(name: string, why: string, judge: (edge: Import) => string | undefined): Rule {
  const check = (tree: Tree) =>
    importsOf(tree).flatMap(edge => {
      const message = judge(edge)
      return message === undefined ? [] : [{ path: edge.path, line: edge.line, message }]
    })
  return { name, why, check }
}

/** The layers that an import crosses; `undefined` inside one package and for external packages. */
function crossing({ owner, target }: Import): { owner: Package; target: Package; to: Layer } | undefined {
  return target === undefined || target === owner ? undefined : { owner, target, to: target.layer }
}

function isWeb({ layer, folder }: Package): boolean {
  return layer === 'apps' && folder.endsWith('/web')
}

/** The part of the web client that a file belongs to: `app`, `shared`, or the folder of its feature. */
function webPlaceOf(path: string): string | undefined {
  return /^apps\/web\/src\/(app|shared|features\/[^/]+)\//.exec(path)?.[1]
}

const direction: Rule[] = [
  importRule(
    'contracts-stand-alone',
    'Web client, server and tests load the contracts, and with them everything that the contracts import.',
    ({ owner, isRelative, isShipped, specifier, packageName, target }) => {
      if (owner.layer !== 'contracts' || !isShipped || packageName === 'typebox') return undefined
      if (isRelative && target === owner) return undefined
      return `a contract imports only typebox, not ${specifier}; move what needs it to platform/ or to a module`
    },
  ),
  importRule(
    'platform-knows-no-product',
    'The platform serves every module; if it depends on one, all others depend on it too.',
    edge => {
      const { owner, target, to } = crossing(edge) ?? {}
      if (owner?.layer !== 'platform' || (to !== 'modules' && to !== 'apps')) return undefined
      return `${owner.folder} imports ${target?.folder}; let the module hand it in through an argument or defineModule`
    },
  ),
  importRule('modules-stand-apart', 'A module that imports another cannot run in a process of its own.', edge => {
    const { owner, target, to } = crossing(edge) ?? {}
    if (owner?.layer !== 'modules' || to !== 'modules') return undefined
    return `${owner.folder} imports ${target?.folder}; call it through ctx.calls, or listen to its events`
  }),
  importRule(
    'modules-know-no-app',
    'The composition root imports the modules; a module never imports the root.',
    edge => {
      const { owner, target, to } = crossing(edge) ?? {}
      if (owner?.layer !== 'modules' || to !== 'apps') return undefined
      return `${owner.folder} imports ${target?.folder}; take what is needed from the Floor in module.ts`
    },
  ),
  importRule('apps-stand-apart', 'The server and the web client are shipped and started separately.', edge => {
    const { owner, target, to } = crossing(edge) ?? {}
    if (owner?.layer !== 'apps' || to !== 'apps') return undefined
    return `${owner.folder} imports ${target?.folder}; what both need belongs in contracts/ or platform/`
  }),
  importRule('web-speaks-contracts', 'The browser must not load server code.', edge => {
    const { owner, target } = crossing(edge) ?? {}
    if (owner === undefined || !isWeb(owner) || target?.name === contractsPackage || target?.layer === 'apps') {
      return undefined
    }
    if (target?.layer === 'clients') return undefined
    return `the web client imports ${target?.name}; of Octet it may import ${contractsPackage} and clients/ only`
  }),
  importRule(
    'features-stand-apart',
    'A feature that imports another cannot be changed, loaded or removed alone.',
    edge => {
      const from = webPlaceOf(edge.path)
      const to = edge.targetPath === undefined ? undefined : webPlaceOf(edge.targetPath)
      if (from === undefined || to === undefined || from === to || from === 'app') return undefined
      if (to === 'shared') return undefined
      if (to === 'app') return `${from} imports the frame; take what is needed from shared/, or register it in app.ts`
      return `${from} imports ${to}; move what both need to shared/, or register it in app.ts`
    },
  ),
  importRule(
    'clients-speak-contracts',
    "A client library runs in browsers and in other people's programs, where there is no server.",
    edge => {
      const { owner, target, to } = crossing(edge) ?? {}
      if (owner?.layer !== 'clients' || !edge.isShipped || to === 'contracts') return undefined
      return `${owner.folder} imports ${target?.folder}; of Octet a client may import ${contractsPackage} only`
    },
  ),
  importRule(
    'product-needs-no-workshop',
    'The folders tools, labs, bench, chaos and e2e do not exist in production.',
    edge => {
      const { owner, to } = crossing(edge) ?? {}
      if (to !== 'workshop') return undefined
      return `${owner?.folder} imports ${edge.specifier}, which no package owns; move it into a package`
    },
  ),
]

const entryPoints: Rule[] = [
  importRule('front-door', 'Internals that other packages import can no longer be changed.', edge => {
    const { target, to } = crossing(edge) ?? {}
    if (target === undefined || to === 'workshop') return undefined
    if (edge.isRelative) return `${edge.specifier} reaches into ${target.folder}; import ${target.name}`
    if (edge.targetPath !== undefined) return undefined
    return `${edge.specifier} is not exported by ${target.folder}/package.json; import ${target.name}`
  }),
  importRule(
    'declared',
    'npm hoists packages to the root, so an undeclared import works until its package is installed alone.',
    edge => {
      const { packageName, owner, isShipped, target } = edge
      if (packageName === undefined || target === owner) return undefined
      if (owner.layer === 'workshop' && target !== undefined) return undefined
      // The server is all modules of the repository; npm links every workspace.
      if (owner.layer === 'apps' && target?.layer === 'modules') return undefined
      const isDeclared = owner.dependencies.has(packageName) || (!isShipped && owner.devDependencies.has(packageName))
      if (isDeclared) return undefined
      const list = isShipped ? 'dependencies' : 'devDependencies'
      return `${packageName} is not among the ${list} of ${owner.folder || '.'}/package.json; add its exact version`
    },
  ),
  importRule('literal-imports', 'A computed import hides from every other rule.', ({ specifier, isShipped }) => {
    if (specifier !== undefined || !isShipped) return undefined
    return 'the imported name is computed; write it as a plain string'
  }),
]

const cycles: Rule[] = [
  {
    name: 'no-import-cycles',
    why: 'Files in a cycle load in an accidental order and cannot be read or tested one by one.',
    check: tree => cycleFindings(tree, ({ path, targetPath }) => [path, targetPath]),
  },
  {
    name: 'no-package-cycles',
    why: 'Packages in a cycle are really one package.',
    check: tree =>
      cycleFindings(tree, ({ owner, target, isShipped }) => {
        return isShipped && target !== owner ? [owner.folder, target?.folder] : [owner.folder, undefined]
      }),
  },
]

function cycleFindings(tree: Tree, ends: (edge: Import) => [string, string | undefined]): Finding[] {
  const graph = new Map<string, Set<string>>()
  for (const edge of importsOf(tree)) {
    const [from, to] = ends(edge)
    if (to !== undefined) graph.set(from, (graph.get(from) ?? new Set()).add(to))
  }
  return cyclesOf(graph).map(cycle => {
    const [first = '', second = ''] = cycle
    const edge = importsOf(tree).find(candidate => {
      const [from, to] = ends(candidate)
      return from === first && to === second
    })
    const message = `imports form a cycle: ${cycle.join(' → ')}; move the shared code into a third file`
    return { path: edge?.path ?? first, line: edge?.line ?? 1, message }
  })
}

const database: Rule[] = [
  importRule(
    'driver-in-db',
    'One place sets the time zone, roles, timeouts and retries; another connection would miss them.',
    edge => {
      if (!databaseDrivers.has(edge.packageName ?? '') || driverHomes.test(edge.path)) return undefined
      return `${edge.packageName} is imported outside platform/db; use the Db or Tx you are given`
    },
  ),
  {
    name: 'sql-in-store',
    why: 'With SQL in store files only, reviewers find all of it, and no other code reads a table unnoticed.',
    check: tree =>
      codeFiles(tree, /^(platform|modules|apps)\/[^/]+\/src\//)
        .filter(({ path }) => !storeFile.test(path) && !floorSqlHomes.test(path))
        .flatMap(file => {
          const message = 'SQL outside store.ts; move it into a function there that takes the Db or Tx first'
          return sqlLines(file).map(line => ({ path: file.path, line, message }))
        }),
  },
  {
    name: 'writes-name-their-handle',
    why: 'A write that accepts the Db can silently leave its transaction.',
    check: tree =>
      codeFiles(tree, /^modules\/[^/]+\/src\//)
        .filter(({ path }) => storeFile.test(path))
        .flatMap(file => looseWrites(file).map(found => ({ path: file.path, ...found }))),
  },
]

/** Statements that write or lock. */
const writing =
  /\b(?:insert\s+into|delete\s+from|update\s+[a-z_.]+\s+(?:as\s+\w+\s+)?set|for\s+(?:no\s+key\s+)?update)\b/

const looseWrites = oncePerFile(file =>
  exportedFunctions(file).flatMap(({ name, node, start }) => {
    const [handle] = node.params
    const type = handle === undefined ? '' : file.text.slice(handle.start, handle.end)
    if (!/\bQueryable\b/.test(type) || !writing.test(file.text.slice(node.start, node.end))) return []
    const message = `${name} writes; take the Tx, or the Db when its one statement stands for itself`
    return [{ line: syntaxOf(file).lineOf(start), message }]
  }),
)

/** Lines that hold SQL or the handle that runs it. */
const sqlLines = oncePerFile(file => {
  const lines = new Set<number>()
  const syntax = syntaxOf(file)
  syntax.visit(node => {
    const isTag = node.type === 'TaggedTemplateExpression' && nameOf(node.tag) === 'sql'
    const isHandle = node.type === 'MemberExpression' && nameOf(node.property) === 'sql'
    const isTaken = node.type === 'Property' && nameOf(node.key) === 'sql'
    if (isTag || isHandle || isTaken) lines.add(syntax.lineOf(node.start))
  })
  return [...lines]
})

/** All boundary rules. A rule without a planted violation fails tools/test/boundaries.test.ts. */
export const boundaryRules: readonly Rule[] = [...direction, ...entryPoints, ...cycles, ...database, ...subdomainRules]
