/** The drawings of `docs/drawings`: each SVG is generated from the text of the same name. */
import type { Tree } from '../tree.ts'
import { drawLayers } from './layers.ts'
import { drawSequence } from './sequence.ts'

const sourcePath = /^docs\/drawings\/[\w-]+\.txt$/

/** The required content of every drawing, by path. Throws with the line of a source that cannot be drawn. */
export function drawings(tree: Tree): Map<string, string> {
  const sources = [...tree.values()].filter(({ path }) => sourcePath.test(path))
  return new Map(sources.map(({ path, text }) => [path.replace(/txt$/, 'svg'), draw(text)]))
}

/**
 * The first line gives the kind of drawing and its title: `sequence: A read`. Lines that begin with `#` are comments.
 */
function draw(source: string): string {
  const [first = '', ...lines] = source.split('\n').filter(line => line.trim() !== '' && !line.startsWith('#'))
  const [, kind, title = ''] = /^(sequence|layers): (.+)$/.exec(first) ?? []
  if (kind === undefined) throw new Error(`"${first}" must be "sequence: <title>" or "layers: <title>"`)
  const draw = kind === 'sequence' ? drawSequence : drawLayers
  return draw(title, lines)
}
