/** Compares what modules say of their columns with the columns there are. */
import { type Columns, floorColumns, type MigrationSet, migrationColumns, openPool, type Treatment } from '@octet/db'

interface Column {
  readonly schema: string
  readonly table: string
  readonly column: string
}

/** What to do about a finding. */
export const howToClassify = `Add it to \`columns\` in the module's src/privacy.ts (a floor package: in its
MigrationSet) as 'not-personal', 'delete', 'anonymise' or retain(reason, days), and let exportUser, eraseUser and
verifyErased there do what you say. See platform/kernel/README.md, "Privacy".`

/** One sentence for every unclassified column, and for every classified one that does not exist. */
export async function privacyFindings(databaseUrl: string, sets: readonly MigrationSet[]): Promise<string[]> {
  const said = classified(sets)
  const columns = await readColumns(databaseUrl)
  const findings = columns
    .filter(({ schema, table, column }) => said.get(schema)?.[table]?.[column] === undefined)
    .map(({ schema, table, column }) => `${schema}.${table}.${column} is not classified.`)
  const existing = new Set(columns.map(({ schema, table, column }) => `${schema}.${table}.${column}`))
  for (const [schema, tables] of said) {
    for (const [table, treatments] of Object.entries(tables)) {
      for (const [column, treatment] of Object.entries(treatments)) {
        const name = `${schema}.${table}.${column}`
        if (!existing.has(name)) findings.push(`${name} is classified but does not exist. Take it out.`)
        findings.push(...retentionFindings(name, treatment))
      }
    }
  }
  return findings
}

function retentionFindings(name: string, treatment: Treatment): string[] {
  if (typeof treatment === 'string' || treatment.retain.trim().length >= 10) return []
  return [`${name} is kept for "${treatment.retain}"; say why in a sentence.`]
}

/** Schema → the classification of its columns, the floor's tables of every module included. */
export function classified(sets: readonly MigrationSet[]): Map<string, Columns> {
  const bySchema = sets.map(({ module, columns = {} }) => [module, { ...floorColumns, ...columns }] as const)
  return new Map<string, Columns>([['platform', migrationColumns], ...bySchema])
}

async function readColumns(databaseUrl: string): Promise<Column[]> {
  const pool = openPool(databaseUrl, { connectionsMax: 1 })
  try {
    return await pool<Column[]>`
      select table_schema as schema, table_name as "table", column_name as "column"
      from information_schema.columns join information_schema.tables using (table_schema, table_name)
      where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')
      order by 1, 2, ordinal_position`
  } finally {
    await pool.end({ timeout: 5 })
  }
}
