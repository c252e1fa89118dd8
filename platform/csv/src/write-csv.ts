/** Tables as text (RFC 4180), written so that no spreadsheet takes a cell for a formula. Pure. */

/** Characters that make a spreadsheet run a cell (OWASP, "CSV Injection"), and their wide East Asian forms. */
const formulaStart = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/
const disarmed = /^'[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/

/** Makes Excel read the file as UTF-8. */
export const byteOrderMark = '\ufeff'

/** One line with its end. A text that a spreadsheet would take for a formula gets an apostrophe in front. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

function csvCell(value: string | number | null): string {
  if (value === null) return ''
  const text = typeof value === 'string' && formulaStart.test(value) ? `'${value}` : String(value)
  return /[",\r\n;]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** The cell as it was before {@link csvLine}, without spaces around it. */
export function plainCell(cell: string): string {
  const text = cell.trim()
  return disarmed.test(text) ? text.slice(1) : text
}
