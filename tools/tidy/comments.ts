/** Comments explain reasons, docstrings describe exports, and dead code is deleted. */
import { type Comment, parseSync } from 'oxc-parser'
import type { Rule } from '../rule.ts'
import { type AstNode, codeFiles, exportedFunctions, isNode, syntaxOf } from '../syntax.ts'
import { lineAt, oncePerFile, type SourceFile, type Tree } from '../tree.ts'

const reminder = /\b(TODO|FIXME|XXX|HACK)\b/
const reference = /docs\/decisions\/\d{4}|\bissue \d+|#\d+/
/** A function this short is clear from its name and type. */
const obviousLinesMax = 3

interface Remark {
  readonly line: number
  readonly text: string
}

/** The comments of a file; consecutive line comments are one remark. */
const remarksOf = oncePerFile(file => {
  const remarks: { line: number; lastLine: number; text: string; type: Comment['type'] }[] = []
  for (const { type, value, start, end } of syntaxOf(file).comments) {
    const line = lineAt(file.text, start)
    const previous = remarks.at(-1)
    if (type === 'Line' && previous?.type === 'Line' && previous.lastLine === line - 1) {
      previous.text += `\n${value}`
      previous.lastLine = line
    } else remarks.push({ line, lastLine: lineAt(file.text, end), text: value, type })
  }
  return remarks as readonly Remark[]
})

function remarkRule(name: string, why: string, judge: (text: string) => string | undefined): Rule {
  const check = (tree: Tree) =>
    codeFiles(tree).flatMap(file =>
      remarksOf(file).flatMap(({ line, text }) => {
        const message = judge(text)
        return message === undefined ? [] : [{ path: file.path, line, message }]
      }),
    )
  return { name, why, check }
}

const declarations = /^(Variable|Import|Export\w*|Function|Class|TSInterface|TSTypeAlias)Declaration$/
const statements = /^(If|For\w*|While|Return|Throw|Try)Statement$/

/** Whether a text is code rather than prose: it parses, to a syntax tree that prose never yields. */
export function isProgram(text: string): boolean {
  if (!/[=;(){}]/.test(text)) return false
  const { program, errors } = parseSync('comment.ts', `async () => {\n${text}\n}`)
  if (errors.length > 0) return false
  const [statement] = program.body as unknown as AstNode[]
  const body = ((statement?.expression as AstNode | undefined)?.body as AstNode | undefined)?.body
  return Array.isArray(body) && body.length > 0 && (body as AstNode[]).every(isProgramStatement)
}

function isProgramStatement({ type, expression }: AstNode): boolean {
  if (declarations.test(type) || statements.test(type)) return true
  if (type !== 'ExpressionStatement' || !isNode(expression)) return false
  return ['CallExpression', 'AssignmentExpression', 'AwaitExpression', 'NewExpression'].includes(expression.type)
}

/** Whether a docstring ends right above the statement. */
function hasDocstring(file: SourceFile, start: number): boolean {
  return syntaxOf(file).comments.some(({ type, value, end }) => {
    return type === 'Block' && value.startsWith('*') && end <= start && file.text.slice(end, start).trim() === ''
  })
}

export const commentRules: readonly Rule[] = [
  remarkRule('reminders-have-an-issue', 'A reminder that is not assigned is never acted on.', text => {
    const word = reminder.exec(text)?.[1]
    if (word === undefined || reference.test(text)) return undefined
    return `${word} without an issue or a decision; do it, or write "issue N" or docs/decisions/NNNN`
  }),
  remarkRule('no-dead-code', 'git keeps old code; a reader has to guess why it is still there.', text => {
    const isDocumentation = text.startsWith('*') || text.startsWith('/')
    return !isDocumentation && isProgram(text) ? 'commented-out code; delete it' : undefined
  }),
  remarkRule('no-type-check-off', 'Where the types are switched off, the next mistake goes unseen.', text => {
    const directive = /@ts-(ignore|nocheck)|@ts-expect-error\s*$/.exec(text.trim())?.[0]
    return directive === undefined ? undefined : `${directive}; fix the type, or give the reason after @ts-expect-error`
  }),
  {
    name: 'docstrings',
    why: 'Callers read what a function promises, refuses and publishes without opening its file.',
    check: tree =>
      codeFiles(tree, /^(contracts|(platform|modules)\/[^/]+)\/src\//).flatMap(file => {
        const { lineOf } = syntaxOf(file)
        const seen = new Set<string>()
        return exportedFunctions(file).flatMap(({ name, node, start }) => {
          const isOverload = seen.has(name)
          seen.add(name)
          const lines = lineOf(node.end) - lineOf(node.start) + 1
          if (isOverload || lines <= obviousLinesMax || hasDocstring(file, start)) return []
          const message = `${name} is exported without a docstring; document what it does, refuses and publishes`
          return [{ path: file.path, line: lineOf(start), message }]
        })
      }),
  },
]
