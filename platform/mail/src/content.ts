/** The content of a mail, and how it becomes text and HTML. */

/** Languages of mails; English when a user chose none. */
export type Language = 'en' | 'de'

export interface Content {
  readonly subject: string
  /** Paragraphs of plain text. */
  readonly lines: readonly string[]
  /** Shown large on its own line, to be typed. */
  readonly code?: string
  /** A button. It has a path only: a mail cannot link anywhere but to this installation. */
  readonly action?: { readonly label: string; readonly path: `/${string}` }
  /** Below the button, smaller. */
  readonly small?: readonly string[]
}

/** The stored and sent form. */
export interface Rendered {
  readonly subject: string
  readonly text: string
  readonly html: string
}

const subjectLengthMax = 200
const lineLengthMax = 1_000
const linesMax = 20
const controls = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu

/**
 * Text and HTML of the same content. `origin` is the configured address of the installation, without a trailing slash.
 * Throws when the content exceeds its limits or its path leads elsewhere: both are mistakes of the template.
 */
export function render(content: Content, { origin, language }: { origin: string; language: Language }): Rendered {
  const { lines, small = [], code, action } = content
  if (lines.length + small.length > linesMax) throw new RangeError(`a mail has at most ${linesMax} paragraphs`)
  const url = action === undefined ? undefined : origin + ownPath(action.path)
  const subject = content.subject.replace(controls, ' ').trim().slice(0, subjectLengthMax)
  const paragraphs = lines.map(clean)
  const notes = small.map(clean)
  const text = [...paragraphs, code, url, ...notes, `-- \n${origin}`].filter(part => part !== undefined).join('\n\n')
  const body = [
    ...paragraphs.map(line => `<p>${escapeHtml(line)}</p>`),
    ...(code === undefined ? [] : [`<p style="${styles.code}">${escapeHtml(code)}</p>`]),
    ...(url === undefined ? [] : [buttonOf(url, action?.label ?? url)]),
    ...notes.map(line => `<p style="${styles.small}">${escapeHtml(line)}</p>`),
    `<p style="${styles.small}">${escapeHtml(origin)}</p>`,
  ]
  const head = `<meta charset="utf-8"><title>${escapeHtml(subject)}</title>`
  const html = `<!doctype html>
<html lang="${language}"><head>${head}</head>
<body style="${styles.body}">
${body.join('\n')}
</body></html>
`
  return { subject, text: `${text}\n`, html }
}

/** Mail programs drop style sheets, so styles stand on the elements. */
const styles = {
  body: 'font:16px/1.5 system-ui,sans-serif;max-width:34em;margin:2em auto;padding:0 1em;color:#222;background:#fff',
  code: 'font:600 24px/1.2 ui-monospace,monospace;letter-spacing:.08em',
  button:
    'display:inline-block;padding:.6em 1.2em;border-radius:6px;background:#2458d3;color:#fff;text-decoration:none',
  small: 'font-size:13px;color:#666',
}

function buttonOf(url: string, label: string): string {
  const href = escapeHtml(url)
  return `<p><a style="${styles.button}" href="${href}">${escapeHtml(label)}</a></p>
<p style="${styles.small}">${href}</p>`
}

function ownPath(path: string): string {
  const isOurs = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(path)
  if (!isOurs) throw new RangeError(`a mail may only link to a path of this installation, not ${path}`)
  return path
}

function clean(line: string): string {
  return line.replace(controls, ' ').slice(0, lineLengthMax)
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => entities[character] ?? '')
}
