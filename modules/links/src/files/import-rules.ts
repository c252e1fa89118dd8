/** From a table to link inputs. Pure. */
import { type ImportColumn, importColumns } from '@octet/contracts/links'
import { plainCell } from '@octet/csv'

type Column = ImportColumn | 'ignore'

/** Column names used by other shorteners and by people; letters and digits only. */
const otherNames: Readonly<Record<string, ImportColumn>> = {
  address: 'url',
  backhalf: 'alias',
  campaign: 'utmCampaign',
  clicklimit: 'clicksMax',
  code: 'alias',
  custombackhalf: 'alias',
  destination: 'url',
  destinationurl: 'url',
  expires: 'expiresAt',
  expiry: 'expiresAt',
  key: 'alias',
  keyword: 'alias',
  link: 'url',
  longurl: 'url',
  maxclicks: 'clicksMax',
  maxvisits: 'clicksMax',
  name: 'title',
  originalurl: 'url',
  shortcode: 'alias',
  slug: 'alias',
  tag: 'tags',
  target: 'url',
  targeturl: 'url',
}

const ownNames = new Map(importColumns.map(name => [name.toLowerCase(), name]))

/** Maps the columns by the names in the first line. The first of two equal names counts. */
export function columnsOf(header: readonly string[]): Column[] {
  const taken = new Set<Column>()
  return header.map(name => {
    const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '')
    const column = ownNames.get(plain) ?? otherNames[plain]
    if (column === undefined || taken.has(column)) return 'ignore'
    taken.add(column)
    return column
  })
}

/** A row as the input of creating a link; the contract validates it. */
export function linkOfRow(columns: readonly Column[], cells: readonly string[]): Record<string, unknown> {
  const link: Record<string, unknown> = { url: '' }
  const utm: Record<string, string> = {}
  for (const [index, column] of columns.entries()) {
    const text = plainCell(cells[index] ?? '')
    if (column === 'ignore' || text === '') continue
    if (column === 'tags') link.tags = [...new Set(text.split(/[,;|]/).map(tag => tag.trim()))].filter(Boolean)
    else if (column === 'clicksMax') link.clicksMax = /^\d{1,10}$/.test(text) ? Number(text) : text
    else if (column === 'expiresAt') link.expiresAt = timeOf(text)
    else if (column.startsWith('utm')) utm[column.slice(3).toLowerCase()] = text
    else link[column] = text
  }
  return Object.keys(utm).length === 0 ? link : { ...link, utm }
}

/** Dates and times without a zone are read as UTC. */
function timeOf(text: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return `${text}T00:00:00Z`
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d(?:\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?$/.exec(text)
  if (match === null) return text
  const [, day, time, seconds = ':00', zone = 'Z'] = match
  const parsed = Date.parse(`${day}T${time}${seconds}${zone}`)
  return Number.isNaN(parsed) ? text : new Date(parsed).toISOString()
}
