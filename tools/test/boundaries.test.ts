import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cyclesOf } from '../boundaries/cycles.ts'
import { importsOf } from '../boundaries/imports.ts'
import { boundaryRules } from '../boundaries/rules.ts'
import { findingsOf, type NamedFinding, type Rule } from '../rule.ts'
import { plant, readTree, type Tree } from '../tree.ts'

interface Violation {
  readonly what: string
  /** Files to plant, by path. */
  readonly files: Readonly<Record<string, string>>
}

const linksFile = 'modules/links/src/planted.ts'
const featureFile = 'apps/web/src/features/chat/planted.ts'

const planted: Readonly<Record<string, readonly Violation[]>> = {
  'contracts-stand-alone': [
    violation('Node', 'contracts/src/planted.ts', "import { readFile } from 'node:fs/promises'"),
    violation('the floor', 'contracts/src/planted.ts', "import type { Db } from '@octet/db'"),
  ],
  'platform-knows-no-product': [
    violation('a module', 'platform/bus/src/planted.ts', "import { linksModule } from '@octet/links'"),
    violation('an app', 'platform/bus/test/planted.test.ts', "import '@octet/server'"),
  ],
  'modules-stand-apart': [
    violation('by package', linksFile, "import { identityModule } from '@octet/identity'"),
    violation('by type only', linksFile, "import type { identityModule } from '@octet/identity'"),
    violation('by export', linksFile, "export * from '@octet/identity'"),
    violation('in a type', linksFile, "export type T = import('@octet/identity').T"),
    violation('later', linksFile, "export const later = () => import('@octet/identity')"),
    violation('by path', linksFile, "import '../../identity/src/module.ts'"),
    violation('in a test', 'modules/links/test/planted.test.ts', "import '@octet/identity'"),
  ],
  'modules-know-no-app': [violation('the server', linksFile, "import '@octet/server'")],
  'apps-stand-apart': [violation('web from server', 'apps/server/src/planted.ts', "import '../../web/src/main.tsx'")],
  'web-speaks-contracts': [
    violation('a module', 'apps/web/src/planted.tsx', "import { linksModule } from '@octet/links'"),
    violation('the floor', 'apps/web/src/planted.ts', "import type { Tx } from '@octet/db'"),
  ],
  'features-stand-apart': [
    violation('another feature', featureFile, "import { linksApi } from '../links/api.ts'"),
    violation('a type of another feature', featureFile, "import type { View } from '../links/views.ts'"),
    violation('another feature, later', featureFile, "export const later = () => import('../links/api.ts')"),
    violation('the frame', featureFile, "import { apps } from '../../app/apps.ts'"),
    violation('a feature in shared', 'apps/web/src/shared/planted.ts', "import '../features/links/api.ts'"),
    violation('the frame in shared', 'apps/web/src/shared/planted.ts', "import { apps } from '../app/apps.ts'"),
  ],
  'clients-speak-contracts': [
    violation('the floor', 'clients/realtime/src/planted.ts', "import type { Tx } from '@octet/db'"),
  ],
  'product-needs-no-workshop': [
    violation('a tool', 'platform/bus/src/planted.ts', "import { readTree } from '../../../tools/tree.ts'"),
  ],
  'front-door': [
    violation('by path', linksFile, "import { openDb } from '../../../platform/db/src/connect.ts'"),
    violation('by deep name', linksFile, "import { openDb } from '@octet/db/src/connect.ts'"),
    violation('a tool', 'tools/planted.ts', "import { Db } from '../platform/db/src/connect.ts'"),
  ],
  declared: [
    violation('a stranger', linksFile, "import chalk from 'chalk'"),
    violation('a test tool in the product', linksFile, "import { property } from 'fast-check'"),
    violation('one of ours', 'platform/cache/src/planted.ts', "import type { Db } from '@octet/db'"),
  ],
  'literal-imports': [
    violation('import()', linksFile, 'export const load = (name: string) => import(name)'),
    violation('require', linksFile, 'export const load = (name: string) => require(name)'),
  ],
  'no-import-cycles': [
    {
      what: 'two files',
      files: {
        'modules/links/src/planted-a.ts': "import { b } from './planted-b.ts'\nexport const a = b",
        'modules/links/src/planted-b.ts': "import type { a } from './planted-a.ts'\nexport type B = typeof a",
      },
    },
  ],
  'no-package-cycles': [
    violation('below to above', 'platform/db/src/planted.ts', "import type { Host } from '@octet/kernel'"),
  ],
  'driver-in-db': [
    violation('in a module', linksFile, "import postgres from 'postgres'"),
    violation('in a test', 'modules/links/test/planted.test.ts', "import type { Sql } from 'postgres'"),
  ],
  'sql-in-store': [
    violation('tagged', linksFile, 'export const f = (sql: any) => sql`select 1`'),
    violation('taken out', linksFile, 'export const f = ({ sql }: any) => sql'),
    violation('through the handle', linksFile, 'export const f = (tx: any) => tx.sql.unsafe("select 1")'),
    violation('in the floor', 'platform/cache/src/planted.ts', 'export const f = (db: any) => db.sql`select 1`'),
  ],
  'writes-name-their-handle': [
    violation(
      'an insert',
      'modules/links/src/planted-store.ts',
      'export const f = ({ sql }: Queryable) => sql`insert into links (id) values (1)`',
    ),
    violation(
      'a lock',
      'modules/links/src/bulk/store.ts',
      'export async function f(db: Queryable) {\n  await db.sql`select 1 from links for update`\n}',
    ),
  ],
  'subdomains-declared': [
    violation('upwards', 'modules/links/src/organize/planted.ts', "import '../manage/rules.ts'"),
    violation(
      'by type only',
      'modules/chat/src/rooms/planted.ts',
      "import type { P } from '../previews/fetch-preview.ts'",
    ),
    violation('a root file', 'modules/links/src/organize/planted.ts', "import '../operations.ts'"),
    violation('a new folder', 'modules/links/src/planted/planted.ts', 'export const a = 1'),
    violation('no declaration', 'modules/mails/src/planted/planted.ts', 'export const a = 1'),
    violation('an unreadable declaration', 'modules/links/subdomains.json', '["manage"]'),
    violation('declarations without effect', 'modules/links/subdomains.json', '{ "planted": [], "bulk": ["clicks"] }'),
    violation('in a feature', 'apps/web/src/features/home/planted/planted.ts', 'export const a = 1'),
    {
      what: 'a cycle that is declared',
      files: {
        'modules/mails/src/a/a.ts': "import '../b/b.ts'",
        'modules/mails/src/b/b.ts': '',
        'modules/mails/src/b/c.ts': "import '../a/d.ts'",
        'modules/mails/src/a/d.ts': '',
        'modules/mails/subdomains.json': '{ "a": ["b"], "b": ["a"] }',
      },
    },
  ],
  'folder-size': [{ what: 'a crowd', files: crowd('modules/mails/src', 30) }],
}

function violation(what: string, path: string, text: string): Violation {
  return { what, files: { [path]: text } }
}

/** As many files in one folder. */
function crowd(folder: string, files: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: files }, (_, index) => [`${folder}/planted-${index}.ts`, '']))
}

const tree = readTree()
const before = new Set(findingsOf(boundaryRules, tree).map(textOf))

function textOf(finding: object): string {
  return JSON.stringify(finding)
}

/** The findings in a changed tree that the original tree does not have. */
function newFindings(changed: Tree, rules: readonly Rule[] = boundaryRules): NamedFinding[] {
  return findingsOf(rules, changed).filter(finding => !before.has(textOf(finding)))
}

function ruleNamed(name: string): Rule[] {
  return boundaryRules.filter(rule => rule.name === name)
}

test('the current tree keeps every boundary', () => {
  assert.deepEqual(
    findingsOf(boundaryRules, tree).map(({ path, line, rule }) => `${path}:${line} ${rule}`),
    [],
  )
})

test('every boundary rule has a planted violation', () => {
  assert.deepEqual(Object.keys(planted).sort(), boundaryRules.map(({ name }) => name).sort())
})

for (const [rule, violations] of Object.entries(planted)) {
  for (const { what, files } of violations) {
    test(`${rule} detects its planted violation: ${what}`, () => {
      let changed = tree
      for (const [path, text] of Object.entries(files)) changed = plant(changed, path, `${text}\n`)
      assert.notDeepEqual(newFindings(changed, ruleNamed(rule)), [])
    })
  }
}

test('a new module must follow the rules without being listed anywhere', () => {
  let changed = plant(tree, 'modules/planted/package.json', '{ "name": "@octet/planted" }')
  changed = plant(changed, 'modules/planted/src/module.ts', "import '../../links/src/module.ts'\n")
  assert.deepEqual(
    newFindings(changed)
      .map(({ rule }) => rule)
      .sort(),
    ['front-door', 'modules-stand-apart'],
  )
})

test('allowed imports are not reported', () => {
  let changed = plant(tree, 'modules/links/test/planted.test.ts', "import fc from 'fast-check'\n")
  changed = plant(changed, 'modules/links/src/planted-store.ts', 'export const f = ({ sql }: any) => sql`select 1`\n')
  changed = plant(changed, 'tools/planted.ts', "import { contracts } from '@octet/contracts/all'\n")
  assert.deepEqual(newFindings(changed), [])
})

test('a sub-domain may import the sub-domains that it declares and the shared files', () => {
  const imports = "import '../rooms/rules.ts'\nimport '../context.ts'\n"
  assert.deepEqual(newFindings(plant(tree, 'modules/chat/src/members/planted.ts', imports)), [])
})

test('reading a link, an account or a mail loads at most five files of its module', () => {
  const reads = ['links/src/manage/get-link.ts', 'identity/src/account/get-me.ts', 'mails/src/get-mail.ts']
  for (const read of reads.map(path => `modules/${path}`)) {
    assert.ok(tree.has(read), `${read} has moved`)
    const loaded = new Set([read])
    for (const path of loaded) for (const next of modulesLoadedBy(path)) loaded.add(next)
    assert.ok(loaded.size <= 5, `${read} loads ${[...loaded].join(', ')}`)
  }
})

/** Files of the same module that a file loads at run time. */
function modulesLoadedBy(path: string): string[] {
  return importsOf(tree)
    .filter(edge => edge.path === path && !edge.isType && edge.targetPath?.startsWith('modules/') === true)
    .map(({ targetPath }) => targetPath ?? '')
}

test('an exception without effect or without its decision record is a finding', () => {
  const rule = { name: 'sample', why: '', check: () => [{ path: 'a.ts', line: 1, message: 'wrong' }] }
  const exception = { rule: 'sample', path: 'a.ts', why: 'planted', decision: 'docs/decisions/0000-none.md' }
  const recorded = plant(tree, exception.decision, '# None\n')
  assert.deepEqual(findingsOf([rule], recorded, [exception]), [])
  assert.match(findingsOf([rule], tree, [exception])[0]?.message ?? '', /needs its decision record/)
  const stale = findingsOf([rule], recorded, [exception, { ...exception, path: 'b.ts' }])
  assert.match(stale[0]?.message ?? '', /no longer allows anything/)
})

test('a cycle is reported by its shortest path', () => {
  const graph = new Map(
    Object.entries({ a: new Set(['b']), b: new Set(['c', 'd']), c: new Set(['a']), d: new Set('c') }),
  )
  assert.deepEqual(cyclesOf(graph), [['a', 'b', 'c', 'a']])
  assert.deepEqual(cyclesOf(new Map([['a', new Set()]])), [])
})
