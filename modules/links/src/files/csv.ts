/** Tables as text (RFC 4180), read leniently and written so that no spreadsheet takes a cell for a formula. Pure. */

/** What a spreadsheet would carry out. */
const formulaStart = /^[=+\-@\t\r]/
const disarmed = /^'[=+\-@\t\r]/

export const byteOrderMark = '\ufeff'

/** One line with its end. A cell that a spreadsheet would take for a formula gets an apostrophe in front. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

function csvCell(value: string | number | null): string {
  if (value === null) return ''
  const text = typeof value === 'string' && formulaStart.test(value) ? `'${value}` : String(value)
  return /[",\r\n;]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** The cell as it was before {@link csvLine}. */
export function plainCell(cell: string): string {
  const text = cell.trim()
  return disarmed.test(text) ? text.slice(1) : text
}

export interface CsvRow {
  /** Of the file, from 1, where the row begins. */
  readonly line: number
  readonly cells: readonly string[]
}

/** Cells of a row that are looked at, and characters of one. */
const cellsMax = 50
const cellLengthMax = 8_192

export class CsvError extends Error {
  readonly line: number

  constructor(line: number, message: string) {
    super(message)
    this.line = line
  }
}

/**
 * The rows of a text, one at a time; empty lines are passed over. Comma, semicolon or tab: whichever the first line has
 * most of. Throws {@link CsvError} for a quote that is never closed and for rows no table has.
 */
export function* readCsv(text: string): Generator<CsvRow> {
  const start = text.startsWith(byteOrderMark) ? 1 : 0
  const separator = separatorOf(text.slice(start, text.search(/[\r\n]|$/)))
  let [at, line] = [start, 1]
  while (at < text.length) {
    const row: string[] = []
    const firstLine = line
    for (let isLast = false; !isLast; ) {
      const cell = readCell(text, at, separator, line)
      if (row.length === cellsMax) throw new CsvError(line, `has more than ${cellsMax} cells`)
      row.push(cell.text)
      at = cell.end
      line += cell.lines
      isLast = text[at] !== separator
      if (!isLast) at++
    }
    if (text[at] === '\r') at++
    if (text[at] === '\n') at++
    line++
    if (row.length > 1 || row[0] !== '') yield { line: firstLine, cells: row }
  }
}

interface Cell {
  readonly text: string
  /** Where the separator or the end of the line is. */
  readonly end: number
  /** Ends of lines within the quotes. */
  readonly lines: number
}

function readCell(text: string, start: number, separator: string, line: number): Cell {
  if (text[start] !== '"') {
    let end = start
    while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '\r') end++
    return checked({ text: text.slice(start, end), end, lines: 0 }, line)
  }
  let close = text.indexOf('"', start + 1)
  while (close !== -1 && text[close + 1] === '"') close = text.indexOf('"', close + 2)
  if (close === -1) throw new CsvError(line, 'begins with a quote that is never closed')
  const quoted = text.slice(start + 1, close).replaceAll('""', '"')
  // What stands between the quote and the separator is no table's; it is kept rather than lost.
  const rest = text[close + 1] === separator ? { text: '', end: close + 1 } : readBare(text, close + 1, separator)
  return checked({ text: quoted + rest.text, end: rest.end, lines: quoted.split('\n').length - 1 }, line)
}

function readBare(text: string, start: number, separator: string): { text: string; end: number } {
  let end = start
  while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '\r') end++
  return { text: text.slice(start, end), end }
}

function checked(cell: Cell, line: number): Cell {
  if (cell.text.length > cellLengthMax) throw new CsvError(line, `has a cell of more than ${cellLengthMax} characters`)
  return cell
}

function separatorOf(header: string): string {
  const count = (separator: string) => header.split(separator).length
  return [',', ';', '\t'].reduce((best, separator) => (count(separator) > count(best) ? separator : best))
}
