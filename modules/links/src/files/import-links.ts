import { type Input, type Output, Problem } from '@octet/contracts'
import { importRowsMax, links, type NewLink } from '@octet/contracts/links'
import { CsvError, type CsvRow, readCsv } from '@octet/csv'
import { checkInput, operationsOf } from '@octet/kernel'
import { type LinksContext, problem } from '../context.ts'
import { targetKey } from '../manage/codes.ts'
import { addLink, type PreparedLink, prepareLink } from '../manage/prepare-link.ts'
import { columnsOf, linkOfRow } from './import-rules.ts'

type Imported = Output<typeof links, 'importLinks'>
type RowProblem = Imported['problems'][number]

/**
 * Creates links from the valid rows of a table in one transaction and reports a problem for each other row. The rules
 * are those of creating a link. A repeat under the same idempotency key gets the same answer. Publishes `link-created`
 * for each. Throws `file-not-readable` before any link is created.
 */
export async function importLinks(
  ctx: LinksContext,
  { csv, columns: named }: Input<typeof links, 'importLinks'>,
): Promise<Imported> {
  const [header, ...rows] = await readTable(csv)
  const columns = named ?? columnsOf(header?.cells ?? [])
  if (!columns.includes('url')) throw unreadable(1, 'has no column that says where the links lead, such as "url"')
  const problems: RowProblem[] = []
  const prepared: { row: CsvRow; link: PreparedLink }[] = []
  for (const row of rows) {
    const input = linkOfRow(columns, row.cells)
    await tried(problems, row, String(input.url), async () => {
      checkInput(createOperation(), input)
      prepared.push({ row, link: await prepareLink(ctx, input as NewLink) })
    })
  }
  const keys: string[] = []
  const imported = await ctx.once('links.importLinks', async tx => {
    const all = [...problems]
    for (const { row, link: ready } of prepared) {
      await tried(all, row, ready.url, async () => {
        const { link, domainId } = await addLink(ctx, tx, ready)
        keys.push(targetKey(link.code, domainId))
      })
    }
    all.sort((a, b) => a.line - b.line)
    return { created: keys.length, failed: all.length, problems: all, columns: [...columns] }
  })
  for (const key of keys) ctx.targets.delete(key)
  return imported
}

function createOperation() {
  const operation = operationsOf(links).get('createLink')
  if (operation === undefined) throw new Error('links has no createLink')
  return operation
}

async function readTable(csv: string): Promise<CsvRow[]> {
  const rows: CsvRow[] = []
  try {
    for await (const row of readCsv([csv])) {
      if (rows.length > importRowsMax) {
        throw unreadable(row.line, `is one more than the ${importRowsMax} rows there may be`)
      }
      rows.push(row)
    }
  } catch (error) {
    if (error instanceof CsvError) throw unreadable(error.line, error.message)
    throw error
  }
  if (rows.length < 2) throw unreadable(1, 'has no rows below its header')
  return rows
}

function unreadable(line: number, message: string) {
  return problem('file-not-readable', { errors: [{ path: `/csv/${line}`, message: `line ${line} ${message}` }] })
}

/** Runs the work for one row. An expected problem is kept; any other error fails the whole import. */
async function tried(problems: RowProblem[], { line }: CsvRow, url: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof Problem) || error.status >= 500) throw error
    const { code, title, errors = [] } = error
    problems.push({ line, url: url.slice(0, 200).toWellFormed(), code, title, errors: errors.map(one => ({ ...one })) })
  }
}
