/** Limits on the size of files, functions and lines, so that a reader can grasp them. */
import type { Rule } from '../rule.ts'
import { type AstNode, codeFiles, isFunction, nameOf, syntaxOf } from '../syntax.ts'
import { oncePerFile } from '../tree.ts'

const fileLinesMax = 400
const functionLinesMax = 70
const lineLengthMax = 120

/** A single text, as in a catalogue of messages, or a long address: splitting it does not help. */
const isOneText = /^\s*(?:[\w$]+: |'[^']+': )?(['"`]).*\1,?$|https?:\/\/\S{60}/
const lineChecked = /\.(ts|tsx|mts|js|mjs|sql|css|sh|yml|yaml)$/
/** A test suite is a list of tests, not a function to read from start to end. */
const suites: ReadonlySet<string> = new Set(['describe', 'suite'])

const longFunctions = oncePerFile(file => {
  const found: { readonly line: number; readonly name: string; readonly lines: number }[] = []
  const syntax = syntaxOf(file)
  syntax.visit((node, ancestors) => {
    const parent = ancestors.at(-1)
    if (!isFunction(node) || suites.has(nameOf(parent?.callee) ?? '')) return
    const line = syntax.lineOf(node.start)
    const lines = syntax.lineOf(node.end) - line + 1
    if (lines > functionLinesMax) found.push({ line, lines, name: functionName(node, parent) })
  })
  return found
})

function functionName(node: AstNode, parent: AstNode | undefined): string {
  return nameOf(node.id) ?? nameOf(parent?.id) ?? nameOf(parent?.key) ?? 'a function'
}

export const sizeRules: readonly Rule[] = [
  {
    name: 'file-length',
    why: 'A file of more than 400 lines holds two ideas.',
    check: tree =>
      [...codeFiles(tree), ...[...tree.values()].filter(({ path }) => path.endsWith('.css'))].flatMap(file => {
        const lines = file.text.trimEnd().split('\n').length
        if (lines <= fileLinesMax) return []
        const message = `${lines} lines, ${fileLinesMax} at most; split it between its two ideas`
        return [{ path: file.path, line: fileLinesMax, message }]
      }),
  },
  {
    name: 'function-length',
    why: 'A function that does not fit on a screen is skipped rather than read.',
    check: tree =>
      codeFiles(tree).flatMap(file =>
        longFunctions(file).map(({ line, name, lines }) => {
          const message = `${name} has ${lines} lines, ${functionLinesMax} at most; extract a part of it`
          return { path: file.path, line, message }
        }),
      ),
  },
  {
    name: 'line-length',
    why: 'The formatter cannot break strings, SQL and comments; two windows side by side show 120 columns.',
    check: tree =>
      [...tree.values()]
        .filter(({ path }) => lineChecked.test(path))
        .flatMap(({ path, text }) =>
          text.split('\n').flatMap((line, index) => {
            if (line.length <= lineLengthMax || isOneText.test(line)) return []
            const message = `${line.length} characters, ${lineLengthMax} at most; break the line`
            return [{ path, line: index + 1, message }]
          }),
        ),
  },
]
