/** Reads migrations from their files: `NNNN_name.sql`, with the up part, a line `-- down`, and the down part. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Columns } from './privacy.ts'

export interface Migration {
  /** `floor/0001_floor`, `0001_links` or `webhooks/0001_webhooks`; unique within the module. */
  readonly id: string
  readonly up: string
  readonly down: string
  readonly checksum: string
  /** Why the previous release cannot run on it; `undefined` when it can. */
  readonly contract: string | undefined
}

export interface MigrationSet {
  readonly module: string
  /** A folder of `NNNN_name.sql`; each file has the up part, a line `-- down`, and the down part. */
  readonly folder: URL
  /** Folders of tables that several modules have, applied under their names after the module's own. */
  readonly shared?: readonly { readonly name: string; readonly folder: URL }[]
  /** The privacy treatment of its columns; if a schema in an installation lacks it, the completeness test fails. */
  readonly columns?: Columns
}

const floorFolder = new URL('../migrations/', import.meta.url)

/** Statements that remove something the previous release uses, or that require something new from it. */
const breakingChanges: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/^\s*drop\s+(?!index\b|trigger\b)/i, 'drops what that code may use'],
  [/^\s*alter\s.*\sdrop\s+(?!constraint\b|not\s+null\b|default\b)/is, 'drops a column'],
  [/^\s*alter\s(?!\s*index\b).*\srename\s+(?!constraint\b)/is, 'renames something'],
  [/^\s*alter\s.*\salter\s+(column\s+)?\w+\s+(set\s+data\s+)?type\b/is, "changes a column's type"],
  [/^\s*alter\s.*\sset\s+not\s+null\b/is, 'makes a column required'],
  [
    /^\s*alter\s.*\sadd\s+(?!constraint\b)(?![^,]*\bdefault\b)[^,]*\bnot\s+null\b/is,
    'adds a column that must be filled',
  ],
]

/**
 * The platform's migrations, the module's own, then those of its capabilities, in the order of application. Throws when
 * a file is invalid.
 */
export async function readMigrations(set: MigrationSet): Promise<Migration[]> {
  const migrations = [...(await readFolder(floorFolder, 'floor/')), ...(await readFolder(set.folder, ''))]
  for (const { name, folder } of set.shared ?? []) migrations.push(...(await readFolder(folder, `${name}/`)))
  return migrations
}

async function readFolder(folder: URL, prefix: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter(name => name.endsWith('.sql')).sort()
  const migrations: Migration[] = []
  const numbers = new Set<string>()
  for (const name of names) {
    const path = fileURLToPath(new URL(name, folder))
    const number = /^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1]
    if (number === undefined) throw new Error(`${path}: name a migration 0001_what_it_does.sql`)
    if (numbers.has(number)) throw new Error(`${path}: the number ${number} is used twice`)
    numbers.add(number)
    migrations.push(parseMigration({ path, id: prefix + basename(name, '.sql'), text: await readFile(path, 'utf8') }))
  }
  return migrations
}

function parseMigration({ path, id, text }: { path: string; id: string; text: string }): Migration {
  const [up = '', down = '', ...more] = text.split(/^-- down\s*$/m)
  if (down.trim() === '' || more.length > 0) throw new Error(`${path}: no way down (a line "-- down", then SQL)`)
  const [, phase, reason = ''] = /^-- (contract|expand)\b:?(.*)/.exec(up) ?? []
  if (phase !== undefined && reason.trim() === '') throw new Error(`${path}: say why: "-- ${phase}: <reason>"`)
  const statements = withoutTexts(up).split(';')
  const breaking = breakingChanges.find(([pattern]) => statements.some(statement => pattern.test(statement)))
  if (phase === undefined && breaking !== undefined) {
    throw new Error(
      `${path}: ${breaking[1]}, so the release before may fail on it; begin it with "-- contract: <why>", ` +
        'or with "-- expand: <why that release still runs>" (docs/decisions/0009-upgrades.md)',
    )
  }
  const checksum = createHash('sha256').update(text).digest('hex')
  return { id, up, down, checksum, contract: phase === 'contract' ? reason.trim() : undefined }
}

/** SQL without comments, function bodies and string literals. */
function withoutTexts(sql: string): string {
  return sql
    .replace(/--.*$/gm, '')
    .replace(/\$(\w*)\$[\s\S]*?\$\1\$/g, '')
    .replace(/'(?:[^']|'')*'/g, "''")
}
