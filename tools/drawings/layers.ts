/** Draws layers: rows of boxes from top to bottom, arrows between the rows, and frames around some of them. */
import { arrowHead, line, lineHeight, rectangle, svgDocument, textLines, wrap } from './text.ts'

interface Box {
  readonly title: string
  readonly says: string
}

type Part =
  | { readonly kind: 'row'; readonly title: string; readonly boxes: Box[] }
  | { readonly kind: 'arrow'; readonly text: string }
  | { readonly kind: 'begin'; readonly text: string }
  | { readonly kind: 'end' }

const width = 860
const margin = 10
const inset = 12
const gap = 10
const padding = 8
const arrowHeight = 34
const arrowInset = 60

/** Draws the lines of the source. Throws with the line that it does not understand. */
export function drawLayers(title: string, lines: readonly string[]): string {
  const shapes: string[] = []
  const frames: number[] = []
  let y = margin
  for (const part of partsOf(lines)) {
    switch (part.kind) {
      case 'begin':
        frames.push(y)
        shapes.push(textLines([part.text], { x: 2 * margin + inset, y: y + 4, kind: 'strong', anchor: 'start' }))
        y += lineHeight + gap
        break
      case 'end': {
        const top = frames.pop()
        if (top === undefined) throw new Error(`${title}: "end" without "begin"`)
        shapes.unshift(rectangle('frame', { x: margin, y: top, width: width - 2 * margin, height: y - top }))
        y += gap
        break
      }
      case 'arrow': {
        const x = margin + inset + arrowInset
        shapes.push(
          line('line', { x, y: y + 4 }, { x, y: y + arrowHeight - 4 }),
          arrowHead({ x, y: y + arrowHeight - 4 }, 'down'),
        )
        shapes.push(textLines([part.text], { x: x + 14, y: y + (arrowHeight - lineHeight) / 2, anchor: 'start' }))
        y += arrowHeight
        break
      }
      case 'row': {
        const { shapes: drawn, bottom } = drawRow(part, y)
        shapes.push(...drawn)
        y = bottom + gap
        break
      }
      default:
        part satisfies never
    }
  }
  if (frames.length > 0) throw new Error(`${title}: "begin" without "end"`)
  return svgDocument(title, width, y + margin, shapes)
}

function drawRow(
  { title, boxes }: { title: string; boxes: readonly Box[] },
  y: number,
): { shapes: string[]; bottom: number } {
  const left = margin + inset
  const boxWidth = (width - 2 * left - gap * (boxes.length - 1)) / boxes.length
  const texts = boxes.map(box => ({ head: wrap(box.title, boxWidth - 20), body: wrap(box.says, boxWidth - 20) }))
  const linesMax = Math.max(...texts.map(({ head, body }) => head.length + body.length))
  const top = y + lineHeight + 2
  const height = linesMax * lineHeight + 2 * padding
  const shapes = [textLines([title], { x: left, y, kind: 'small', anchor: 'start' })]
  for (const [index, { head, body }] of texts.entries()) {
    const x = left + index * (boxWidth + gap)
    shapes.push(
      rectangle('box', { x, y: top, width: boxWidth, height }),
      textLines(head, { x: x + boxWidth / 2, y: top + padding, kind: 'strong' }),
      textLines(body, { x: x + boxWidth / 2, y: top + padding + head.length * lineHeight, kind: 'small' }),
    )
  }
  return { shapes, bottom: top + height }
}

function partsOf(lines: readonly string[]): Part[] {
  const parts: Part[] = []
  for (const text of lines) {
    const [, word = '', rest = ''] = /^(\w+)(?:: | |$)(.*)$/.exec(text) ?? []
    const last = parts.at(-1)
    if (word === 'row') parts.push({ kind: 'row', title: rest, boxes: [] })
    else if (word === 'arrow') parts.push({ kind: 'arrow', text: rest })
    else if (word === 'begin') parts.push({ kind: 'begin', text: rest })
    else if (word === 'end') parts.push({ kind: 'end' })
    else if (word === 'box' && last?.kind === 'row') {
      const [title = '', says = ''] = rest.split(' | ')
      last.boxes.push({ title, says })
    } else throw new Error(`"${text}" is neither a row, a box of a row, an arrow, "begin …" nor "end"`)
  }
  return parts
}
