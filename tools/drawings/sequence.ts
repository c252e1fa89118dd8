/** Draws a sequence: lanes side by side, with the messages between them from top to bottom. */
import { arrowHead, line, lineHeight, rectangle, svgDocument, textLines, wrap } from './text.ts'

interface Lane {
  readonly id: string
  readonly title: string
}

type Step =
  /** An arrow from lane to lane, dashed for an answer. */
  | {
      readonly kind: 'message'
      readonly from: number
      readonly to: number
      readonly text: string
      readonly isAnswer: boolean
    }
  /** A step inside one lane. */
  | { readonly kind: 'note'; readonly at: number; readonly text: string }
  | { readonly kind: 'begin'; readonly text: string }
  | { readonly kind: 'end' }

const width = 860
const margin = 10
const headHeight = 44
const gap = 10
const padding = 6
/** How far a frame extends beyond the centre of its outer lanes. */
const frameInset = 40

/** Draws the lines of the source. Throws with the line that it does not understand. */
export function drawSequence(title: string, lines: readonly string[]): string {
  const lanes: Lane[] = []
  const steps: Step[] = []
  for (const text of lines) {
    const lane = /^lane (\w+): (.+)$/.exec(text)
    if (lane !== null) lanes.push({ id: lane[1] as string, title: lane[2] as string })
    else steps.push(stepOf(text, lanes))
  }
  const laneWidth = (width - 2 * margin) / lanes.length
  const centre = (lane: number) => margin + laneWidth * (lane + 0.5)
  const shapes: string[] = []
  const frames: { top: number; lanes: number[]; text: string }[] = []
  let y = margin + headHeight + gap
  for (const step of steps) {
    switch (step.kind) {
      case 'begin':
        frames.push({ top: y, lanes: [], text: step.text })
        y += lineHeight + gap
        break
      case 'end': {
        const frame = frames.pop()
        if (frame === undefined || frame.lanes.length === 0) throw new Error(`${title}: "end" without its "begin"`)
        const left = centre(Math.min(...frame.lanes)) - frameInset
        const width = centre(Math.max(...frame.lanes)) + frameInset - left
        shapes.unshift(rectangle('frame', { x: left, y: frame.top, width, height: y - frame.top }))
        shapes.push(
          textLines([frame.text], { x: left + padding, y: frame.top + 2, kind: 'strong over', anchor: 'start' }),
        )
        y += gap
        break
      }
      case 'note': {
        const text = wrap(step.text, laneWidth - 24)
        const height = text.length * lineHeight + 2 * padding
        shapes.push(rectangle('note', { x: centre(step.at) - laneWidth / 2 + 5, y, width: laneWidth - 10, height }))
        shapes.push(textLines(text, { x: centre(step.at), y: y + padding }))
        y += height + gap
        break
      }
      case 'message': {
        for (const frame of frames) frame.lanes.push(step.from, step.to)
        const [from, to] = [centre(step.from), centre(step.to)]
        const text = wrap(step.text, Math.abs(to - from) - 16)
        shapes.push(textLines(text, { x: (from + to) / 2, y, kind: 'over' }))
        y += text.length * lineHeight + 4
        shapes.push(line(step.isAnswer ? 'line answer' : 'line', { x: from, y }, { x: to, y }))
        shapes.push(arrowHead({ x: to, y }, to > from ? 'right' : 'left'))
        y += gap
        break
      }
      default:
        step satisfies never
    }
  }
  if (frames.length > 0) throw new Error(`${title}: "begin" without "end"`)
  const heads = lanes.flatMap((lane, index) => headOf(lane, { x: centre(index), laneWidth, bottom: y }))
  return svgDocument(title, width, y + margin, [...heads, ...shapes])
}

function headOf({ title }: Lane, { x, laneWidth, bottom }: { x: number; laneWidth: number; bottom: number }): string[] {
  const lines = wrap(title, laneWidth - 30).flatMap(line =>
    line.length * 8 > laneWidth - 10 ? line.split(/(?<=\/)/) : line,
  )
  const top = margin + (headHeight - lines.length * lineHeight) / 2
  return [
    line('lane', { x, y: margin + headHeight }, { x, y: bottom }),
    rectangle('box', { x: x - laneWidth / 2 + 5, y: margin, width: laneWidth - 10, height: headHeight }),
    textLines(lines, { x, y: top, kind: 'strong' }),
  ]
}

function stepOf(text: string, lanes: readonly Lane[]): Step {
  const lane = (id: string) => {
    const index = lanes.findIndex(each => each.id === id)
    if (index === -1) throw new Error(`"${text}" names ${id}, which is not a lane`)
    return index
  }
  const begin = /^begin (.+)$/.exec(text)
  if (begin !== null) return { kind: 'begin', text: begin[1] as string }
  if (text === 'end') return { kind: 'end' }
  const note = /^(\w+): (.+)$/.exec(text)
  if (note !== null) return { kind: 'note', at: lane(note[1] as string), text: note[2] as string }
  const message = /^(\w+) (->|-->) (\w+): (.+)$/.exec(text)
  if (message === null) throw new Error(`"${text}" is neither a lane, a note, a message, "begin …" nor "end"`)
  const [, from = '', arrow, to = '', words = ''] = message
  return { kind: 'message', from: lane(from), to: lane(to), text: words, isAnswer: arrow === '-->' }
}
