/** How PostgreSQL runs what a use case asks: every statement that is sent meanwhile, explained with its own values. */
import { type Db, type SentQuery, type Sql, watchSent } from '@octet/db'

export interface QueryPlan {
  /** What was done when the statement was sent. */
  readonly title: string
  /** With `$1` … in place of values. */
  readonly statement: string
  readonly lines: readonly string[]
}

/** A use case whose statements run often or hold something up. */
export type HotQueries = Readonly<Record<string, () => Promise<unknown>>>

/** Writes many rows at once, without the limit of time for a statement. */
export async function fillTables(db: Db, fill: (sql: Sql) => Promise<unknown>): Promise<void> {
  await db.transaction('fill', async ({ sql }) => {
    await sql`set local statement_timeout = 0`
    await fill(sql)
  })
  await db.sql`analyze`
}

/**
 * Runs each use case and explains the statements it sends to `dbs`. Fill the tables first: to read a table of a few
 * rows whole is the best plan.
 */
export async function plansOf(dbs: readonly Db[], queries: HotQueries): Promise<QueryPlan[]> {
  const plans: QueryPlan[] = []
  for (const [title, run] of Object.entries(queries)) {
    const sent: { db: Db; query: SentQuery }[] = []
    for (const db of dbs) watchSent(db, query => sent.push({ db, query }))
    await run()
    for (const db of dbs) watchSent(db, () => undefined)
    const statements = new Set<string>()
    for (const { db, query } of sent) {
      if (
        !query.tagged ||
        statements.has(query.string) ||
        !/^\s*(select|with|insert|update|delete)/i.test(query.string)
      ) {
        continue
      }
      statements.add(query.string)
      plans.push({ title, statement: query.string.replace(/\s+/g, ' ').trim(), lines: await explain(db, query) })
    }
    if (statements.size === 0) throw new Error(`"${title}" asked the database nothing`)
  }
  return plans
}

/** The statement again, with the same values, behind EXPLAIN. Nothing is executed. */
async function explain({ sql }: Db, { strings, args }: SentQuery): Promise<string[]> {
  const [first = '', ...rest] = strings
  const texts = [`explain (costs off) ${first}`, ...rest]
  const template = Object.assign(texts, { raw: texts }) as unknown as TemplateStringsArray
  const rows = await sql<{ 'QUERY PLAN': string }[]>(template, ...(args as never[]))
  return rows.map(row => row['QUERY PLAN'])
}

/**
 * Sequential scans in the plans, one sentence each. `small`: tables that have a few rows in every installation, for
 * which reading all of them is the best plan.
 */
export function scansIn(plans: readonly QueryPlan[], small: readonly string[] = []): string[] {
  return plans.flatMap(({ title, statement, lines }) => {
    return lines.flatMap(line => {
      const table = /Seq Scan on (\w+)/.exec(line)?.[1]
      return table === undefined || small.includes(table) ? [] : [`${title}: reads all of ${table}: ${statement}`]
    })
  })
}
