/** Lines and shapes of a drawing as SVG. Colours follow the reader's light or dark scheme. */

const fontSize = 13
export const lineHeight = 17
/** The average width of a character, wide enough for the sans serif font of every system. */
const characterWidth = 7

const style = `
svg { font: ${fontSize}px system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif; color-scheme: light dark }
.page { fill: #ffffff }
.box { fill: #eef2f8; stroke: #7b8ba5 }
.frame { fill: none; stroke: #7b8ba5; stroke-dasharray: 5 4 }
.note { fill: #fdf6e3; stroke: #c2a25a }
text { fill: #1b2433 }
.small { fill: #4d5b73 }
.strong { font-weight: 600 }
.over { paint-order: stroke; stroke: #ffffff; stroke-width: 5px }
.line { stroke: #4d5b73; fill: none }
.lane { stroke: #b4bfd0; fill: none }
.answer { stroke-dasharray: 6 4 }
.head { fill: #4d5b73 }
@media (prefers-color-scheme: dark) {
.page { fill: #12171f }
.box { fill: #202a38; stroke: #6b7c96 }
.frame { stroke: #6b7c96 }
.note { fill: #322b18; stroke: #8f7840 }
text { fill: #e6ebf3 }
.small { fill: #a9b6ca }
.over { stroke: #12171f }
.line { stroke: #a9b6ca }
.lane { stroke: #45536a }
.head { fill: #a9b6ca }
}`

export interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A whole SVG document. Screen readers read `title` instead of the picture, so it describes the content. */
export function svgDocument(title: string, width: number, height: number, shapes: readonly string[]): string {
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`
  const head = `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img">`
  const page = rectangle('page', { x: 0, y: 0, width, height })
  const parts = [head, `<title>${escaped(title)}</title>`, `<style>${style}\n</style>`, page, ...shapes, '</svg>']
  return `${parts.join('\n')}\n`
}

/** Breaks a text between words into lines of at most `width` pixels. */
export function wrap(text: string, width: number): string[] {
  const charactersMax = Math.max(8, Math.floor(width / characterWidth))
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > charactersMax) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}

/** Lines of text, the first baseline one line below `y`, centred on `x` unless `anchor` says otherwise. */
export function textLines(
  lines: readonly string[],
  { x, y, kind = '', anchor = 'middle' }: { x: number; y: number; kind?: string; anchor?: 'middle' | 'start' },
): string {
  return lines
    .map((line, index) => {
      const at = `x="${round(x)}" y="${round(y + lineHeight * (index + 1) - 4)}"`
      return `<text ${at} text-anchor="${anchor}"${kind === '' ? '' : ` class="${kind}"`}>${escaped(line)}</text>`
    })
    .join('\n')
}

export function rectangle(kind: string, { x, y, width, height }: Area): string {
  const corner = kind === 'page' ? '' : ' rx="5"'
  const place = `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`
  return `<rect class="${kind}" ${place}${corner}/>`
}

export function line(kind: string, from: { x: number; y: number }, to: { x: number; y: number }): string {
  return `<path class="${kind}" d="M${round(from.x)} ${round(from.y)}L${round(to.x)} ${round(to.y)}"/>`
}

/** The head of an arrow that ends at `x`, `y`. */
export function arrowHead({ x, y }: { x: number; y: number }, direction: 'left' | 'right' | 'down' | 'up'): string {
  const [dx, dy] = { left: [8, 0], right: [-8, 0], down: [0, -8], up: [0, 8] }[direction] as [number, number]
  const [sx, sy] = dx === 0 ? [4, 0] : [0, 4]
  const corners = [
    [x, y],
    [x + dx + sx, y + dy + sy],
    [x + dx - sx, y + dy - sy],
  ]
  return `<path class="head" d="M${corners.map(corner => corner.map(round).join(' ')).join('L')}Z"/>`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}
