/** Links as files: tables for spreadsheets and other shorteners, and QR codes. */
import { Type } from 'typebox'
import { access } from '../access.ts'
import { closed, Id, Nothing, operation } from '../define.ts'
import { statsPeriod } from './shapes.ts'

/** The possible meanings of a column in an imported table. */
export const importColumns = [
  'url',
  'alias',
  'domain',
  'title',
  'tags',
  'expiresAt',
  'clicksMax',
  'utmSource',
  'utmMedium',
  'utmCampaign',
  'utmTerm',
  'utmContent',
] as const
export type ImportColumn = (typeof importColumns)[number]

const importBytesMax = 1_000_000
export const importRowsMax = 1_000

const RowProblem = closed({
  line: Type.Integer({ description: 'of the file, from 1; the header is the first' }),
  url: Type.String(),
  code: Type.String(),
  title: Type.String(),
  errors: Type.Array(closed({ path: Type.String(), message: Type.String() })),
})

const read = { access: access.user('links:read'), retry: 'safe', handledBy: 'module' } as const
const bom = Type.Optional(Type.Boolean({ default: false, description: 'begin with a mark Excel wants for UTF-8' }))
const colour = (value: string) => Type.Optional(Type.String({ pattern: '^[0-9a-fA-F]{6}$', default: value }))

export const fileOperations = {
  importLinks: operation({
    summary: 'Create links from a CSV file; rows that cannot be created are reported',
    http: 'POST /links/import',
    access: access.user('links:write'),
    input: closed({
      csv: Type.String({
        minLength: 1,
        maxLength: importBytesMax,
        description: `up to ${importRowsMax} rows`,
        examples: ['url,title\nhttps://example.org/a,Example\n'],
      }),
      columns: Type.Optional(
        Type.Array(Type.Enum([...importColumns, 'ignore']), {
          minItems: 1,
          maxItems: 50,
          description: 'what the columns are, in order, where their names in the first line do not tell',
        }),
      ),
    }),
    accepts: { type: 'text/csv', property: 'csv', bytesMax: importBytesMax },
    output: closed({
      created: Type.Integer(),
      failed: Type.Integer(),
      problems: Type.Array(RowProblem, { description: 'of rows that were not made' }),
      columns: Type.Array(Type.String(), { description: 'what each column was taken for; `ignore` for none' }),
    }),
    problems: ['links.file-not-readable'],
    retry: 'keyed',
    timeoutMs: 60_000,
    limits: [{ by: 'account', max: 20, windowMs: 3_600_000 }],
  }),
  exportLinks: operation({
    ...read,
    summary: 'All your links as a CSV file that can be imported again, including archived ones',
    http: 'GET /links/export',
    input: closed({ bom }),
    output: Nothing,
    answers: ['text/csv'],
    problems: [],
    timeoutMs: 5_000,
    limits: [{ by: 'account', max: 60, windowMs: 3_600_000 }],
  }),
  exportLinkStats: operation({
    ...read,
    summary: 'Clicks of a link as a CSV file: over time, then by country, device, referrer and so on',
    http: 'GET /links/:id/stats/export',
    input: closed({ id: Id, ...statsPeriod, bom }),
    output: Nothing,
    answers: ['text/csv'],
    problems: ['links.time-zone-unknown', 'links.interval-too-fine'],
    timeoutMs: 5_000,
  }),
  getLinkQr: operation({
    ...read,
    summary: 'QR code of a link; `x-qr-warning` names colours that few readers recognise',
    http: 'GET /links/:id/qr',
    input: closed({
      id: Id,
      format: Type.Optional(Type.Enum(['svg', 'png'], { default: 'svg' })),
      size: Type.Optional(Type.Integer({ minimum: 64, maximum: 2048, default: 512, description: 'pixels' })),
      margin: Type.Optional(Type.Integer({ minimum: 0, maximum: 20, default: 4, description: 'modules' })),
      ecc: Type.Optional(Type.Enum(['L', 'M', 'Q', 'H'], { default: 'M' })),
      fg: colour('000000'),
      bg: colour('ffffff'),
    }),
    output: Nothing,
    answers: ['image/svg+xml', 'image/png'],
    problems: [],
    timeoutMs: 5_000,
  }),
}
