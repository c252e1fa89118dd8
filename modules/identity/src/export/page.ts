/** The HTML page of an export. It works from a disk, without a network and without scripts. */

export interface Part {
  readonly key: string
  /** Path inside the export. */
  readonly path: string
  /** JSON lines, shown as a table. Otherwise an uploaded file. */
  readonly isRows: boolean
}

export interface ArchivePage {
  readonly parts: readonly Part[]
  readonly madeAt: Date
  read(part: Part): AsyncIterable<Uint8Array>
}

const rowsShownMax = 1_000
const valueCharsMax = 500

/** Streams the page's HTML. A long table ends with a note where the rest is. */
export async function* exportPage({ parts, madeAt, read }: ArchivePage): AsyncIterable<Buffer> {
  const made = madeAt.toISOString()
  yield Buffer.from(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Your data in Octet</title><style>
body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#1c1e21;background:#fff}
table{border-collapse:collapse;display:block;overflow-x:auto}td,th{border:1px solid #ccd0d5;padding:.3rem .6rem;
text-align:left;vertical-align:top;font-size:.9rem;max-width:30rem;overflow-wrap:anywhere}
@media(prefers-color-scheme:dark){body{color:#e4e6eb;background:#18191a}td,th{border-color:#3a3b3c}a{color:#8ab4f8}}
</style></head><body><h1>Your data in Octet</h1><p>Made ${made}.</p><ul>
${parts.map(({ path }) => `<li><a href="${escaped(encodeURI(path))}">${escaped(path)}</a></li>`).join('\n')}
</ul>\n`)
  for (const part of parts) if (part.isRows) yield* tableOf(part, read(part))
  yield Buffer.from('</body></html>\n')
}

async function* tableOf(part: Part, content: AsyncIterable<Uint8Array>): AsyncIterable<Buffer> {
  yield Buffer.from(`<h2>${escaped(part.path)}</h2>\n`)
  let columns: string[] | undefined
  let shown = 0
  for await (const line of linesIn(content)) {
    if (shown === rowsShownMax) {
      yield Buffer.from(`</table><p>The first ${rowsShownMax}; the file has all.</p>\n`)
      return
    }
    const row = JSON.parse(line) as Record<string, unknown>
    if (columns === undefined) {
      columns = Object.keys(row)
      yield Buffer.from(`<table><tr>${columns.map(name => `<th>${escaped(name)}</th>`).join('')}</tr>\n`)
    }
    yield Buffer.from(`<tr>${columns.map(name => `<td>${shownValue(row[name])}</td>`).join('')}</tr>\n`)
    shown++
  }
  yield Buffer.from(columns === undefined ? '<p>Nothing.</p>\n' : '</table>\n')
}

async function* linesIn(content: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const piece of content) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}

function shownValue(value: unknown): string {
  if (value === null || value === undefined) return ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return escaped(text.length > valueCharsMax ? `${text.slice(0, valueCharsMax)}…` : text)
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, char => `&#${char.charCodeAt(0)};`)
}
