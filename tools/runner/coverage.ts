/**
 * Line coverage of `modules/` and `platform/` over every process of a run. V8 writes its data when a process ends. A
 * process that is killed with SIGKILL writes nothing, so the true coverage is higher. Node strips types without moving
 * any code, so V8's offsets fit the source.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const counted = /^(?:modules|platform)\/[^/]+\/src\/.+\.ts$/

interface V8Range {
  readonly startOffset: number
  readonly endOffset: number
  readonly count: number
}

interface V8Coverage {
  readonly result: readonly {
    readonly url: string
    readonly functions: readonly { readonly ranges: readonly V8Range[]; readonly isBlockCoverage: boolean }[]
  }[]
}

interface Line {
  /** The offset of the first character of code. */
  readonly offset: number
  isCovered: boolean
}

export interface FolderCoverage {
  readonly folder: string
  readonly lines: number
  readonly covered: number
}

export interface Coverage {
  /** Adds the data that the processes of one test file wrote into `folder`. */
  add(folder: string): void
  /** One entry per package, sorted by name. */
  report(): readonly FolderCoverage[]
}

/** Coverage of the relevant files among `paths`. A file that no test loads counts with all its lines. */
export function openCoverage(root: string, paths: readonly string[]): Coverage {
  const files = new Map<string, readonly Line[]>()
  for (const path of paths.filter(path => counted.test(path))) {
    files.set(join(root, path), linesOf(readFileSync(join(root, path), 'utf8')))
  }
  return {
    add(folder) {
      for (const name of readdirSync(folder).filter(name => name.endsWith('.json'))) {
        for (const { url, functions } of coverageIn(join(folder, name)).result) {
          const lines = url.startsWith('file:') ? files.get(fileURLToPath(url)) : undefined
          if (lines !== undefined)
            mark(
              lines,
              functions.flatMap(({ ranges }) => ranges),
            )
        }
      }
    },
    report() {
      const folders = new Map<string, { lines: number; covered: number }>()
      for (const [path, lines] of files) {
        const folder = path.slice(root.length).split(/[\\/]/).filter(Boolean).slice(0, 2).join('/')
        const sum = folders.get(folder) ?? { lines: 0, covered: 0 }
        sum.lines += lines.length
        sum.covered += lines.filter(({ isCovered }) => isCovered).length
        folders.set(folder, sum)
      }
      return [...folders].map(([folder, sum]) => ({ folder, ...sum })).sort((a, b) => (a.folder < b.folder ? -1 : 1))
    },
  }
}

/** Ignores the file of a process that was killed while it wrote. */
function coverageIn(path: string): V8Coverage {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return { result: [] }
  }
}

/** The lines with code of their own: without types, comments and lines that only close a block. */
export function linesOf(source: string): Line[] {
  const code = stripTypeScriptTypes(source).replaceAll(/^\s*(?:\/\/.*|\/?\*.*)$/gm, text => ' '.repeat(text.length))
  const lines: Line[] = []
  for (const match of code.matchAll(/^[^\S\n]*(\S[^\n]*)$/gm)) {
    const text = match[1] ?? ''
    if (/^[)\]}>,;\s]*$/.test(text)) continue
    lines.push({ offset: match.index + match[0].length - text.length, isCovered: false })
  }
  return lines
}

/** Ranges are nested, and the innermost that holds an offset counts. */
function mark(lines: readonly Line[], ranges: readonly V8Range[]): void {
  for (const line of lines) {
    if (line.isCovered) continue
    let innermost: V8Range | undefined
    for (const range of ranges) {
      if (range.startOffset > line.offset || range.endOffset <= line.offset) continue
      if (innermost === undefined || lengthOf(range) <= lengthOf(innermost)) innermost = range
    }
    line.isCovered = (innermost?.count ?? 0) > 0
  }
}

function lengthOf({ startOffset, endOffset }: V8Range): number {
  return endOffset - startOffset
}

/** The table of a run, and one line with the total. */
export function coverageText(report: readonly FolderCoverage[]): string {
  const total = { folder: 'all', lines: sumOf(report, 'lines'), covered: sumOf(report, 'covered') }
  const line = ({ folder, lines, covered }: FolderCoverage) => `  ${percent(covered, lines)}  ${folder}`
  return ['', 'Lines covered', ...report.map(line), line(total)].join('\n')
}

function sumOf(report: readonly FolderCoverage[], kind: 'lines' | 'covered'): number {
  return report.reduce((sum, folder) => sum + folder[kind], 0)
}

function percent(covered: number, lines: number): string {
  return `${((100 * covered) / Math.max(1, lines)).toFixed(1).padStart(5)} %`
}
