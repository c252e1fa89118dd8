/** Tables from text, a row at a time: memory does not grow with the file. */
import { Readable } from 'node:stream'
import { parse } from 'csv-parse'

export interface CsvRow {
  /** Line of the file, from 1, where the row begins. */
  readonly line: number
  readonly cells: readonly string[]
}

export interface CsvLimits {
  /** Cells of a row. Default 50. */
  readonly cellsMax?: number
  /** UTF-16 units of a cell. Default 8,192. */
  readonly cellCharsMax?: number
  /** UTF-16 units of all cells of a row together. Default 65,536. */
  readonly rowCharsMax?: number
}

const limitDefaults = { cellsMax: 50, cellCharsMax: 8_192, rowCharsMax: 65_536 } as const

/** Why a text is not a table, and where. The message continues "line 7 …". */
export class CsvError extends Error {
  override readonly name = 'CsvError'
  readonly line: number

  constructor(line: number, message: string) {
    super(message)
    this.line = line
  }
}

/** Parsed at once; between two slices other work of the process has its turn. */
const sliceBytes = 64 * 1024

/**
 * The rows of a table in UTF-8, one at a time; empty lines are skipped. The separator is comma, semicolon or tab,
 * whichever the first line has most of. Quotes inside a cell without quotes around it are kept as they are.
 * @throws CsvError for a quote that is never closed and for a row beyond its limits.
 */
export async function* readCsv(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array | string>,
  limits: CsvLimits = {},
): AsyncGenerator<CsvRow> {
  const { cellsMax, cellCharsMax, rowCharsMax } = { ...limitDefaults, ...limits }
  const { firstLine, whole } = await peekLine(slices(source), rowCharsMax)
  /** Where the row begins that is being parsed. */
  let line = 1
  const toRow = (cells: string[]): CsvRow | null => {
    if (cells.length > cellsMax) throw new CsvError(line, `has more than ${cellsMax} cells`)
    if (cells.some(cell => cell.length > cellCharsMax)) {
      throw new CsvError(line, `has a cell of more than ${cellCharsMax} characters`)
    }
    const row = { line, cells }
    line += 1 + lineEndsIn(cells)
    return cells.length > 1 || cells[0] !== '' ? row : null
  }
  const parser = parse({
    bom: true,
    delimiter: separatorOf(firstLine),
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_quotes: true,
    relax_column_count: true,
    max_record_size: rowCharsMax,
    // What follows is one cell: a row of a million separators is found out by its length.
    ignore_last_delimiters: cellsMax + 1,
    on_record: toRow as never, // its types know no rows of another shape
  })
  const bytes = Readable.from(whole)
  bytes.once('error', error => parser.destroy(error))
  try {
    yield* bytes.pipe(parser) as AsyncIterable<CsvRow>
  } catch (error) {
    throw csvErrorOf(error, line, rowCharsMax)
  } finally {
    bytes.destroy()
    parser.destroy()
  }
}

function lineEndsIn(cells: readonly string[]): number {
  return cells.reduce((sum, cell) => (/[\r\n]/.test(cell) ? sum + cell.split(/\r\n|\r|\n/).length - 1 : sum), 0)
}

function csvErrorOf(error: unknown, line: number, rowCharsMax: number): unknown {
  const { code } = error as { code?: string }
  if (code === 'CSV_QUOTE_NOT_CLOSED') return new CsvError(line, 'begins with a quote that is never closed')
  if (code === 'CSV_MAX_RECORD_SIZE') return new CsvError(line, `has more than ${rowCharsMax} characters`)
  return error
}

async function* slices(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array | string>): AsyncGenerator<Buffer> {
  for await (const piece of source) {
    const bytes = Buffer.from(piece as Uint8Array)
    for (let at = 0; at < bytes.byteLength; at += sliceBytes) yield bytes.subarray(at, at + sliceBytes)
  }
}

/** The first line, cut when it is longer than `bytesMax`, and everything including it. */
async function peekLine(
  source: AsyncGenerator<Buffer>,
  bytesMax: number,
): Promise<{ firstLine: string; whole: AsyncIterable<Buffer> }> {
  const seen: Buffer[] = []
  let sizeBytes = 0
  while (sizeBytes < bytesMax) {
    const { done, value } = await source.next()
    if (done === true) break
    seen.push(value)
    sizeBytes += value.byteLength
    if (value.includes(10) || value.includes(13)) break
  }
  async function* whole() {
    yield* seen
    yield* source
  }
  const text = Buffer.concat(seen).toString()
  return { firstLine: text.slice(0, text.search(/[\r\n]|$/)), whole: whole() }
}

function separatorOf(header: string): string {
  const count = (separator: string) => header.split(separator).length
  return [',', ';', '\t'].reduce((best, separator) => (count(separator) > count(best) ? separator : best))
}
