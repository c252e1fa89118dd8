/** The statistics on screen as a file for a spreadsheet. Pure. */
import type { LinkStats } from '@octet/contracts'

/** A cell as RFC 4180 wants it. A leading sign would be a formula to a spreadsheet: it gets an apostrophe. */
function cell(value: string | number): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** One row per interval, then one per value of each breakdown. */
export function statsCsv({ series, breakdowns }: Pick<LinkStats, 'series' | 'breakdowns'>): string {
  const rows: (readonly (string | number)[])[] = [
    ['kind', 'value', 'clicks', 'bot_clicks'],
    ...series.map(({ start, clicks, botClicks }) => ['time', start, clicks, botClicks]),
    ...breakdowns.flatMap(({ dimension, values, otherClicks }) => [
      ...values.map(({ value, clicks }) => [dimension, value, clicks, '']),
      ...(otherClicks > 0 ? [[dimension, '(other)', otherClicks, '']] : []),
    ]),
  ]
  return `${rows.map(row => row.map(cell).join(',')).join('\r\n')}\r\n`
}
