/** Habits that prevent whole classes of mistakes: one clock, one transaction, tests that all run. */
import type { Finding, Rule } from '../rule.ts'
import { type AstNode, codeFiles, isFunction, isNode, literalText, nameOf, syntaxOf } from '../syntax.ts'
import { oncePerFile, type SourceFile, type Tree } from '../tree.ts'

const testFile = /(^|\/)test\/.*\.test\.tsx?$/
const testCall = /^(test|it|describe|suite)$/

interface Place {
  readonly line: number
  readonly message: string
}

/** A rule that checks the nodes of some files, one by one. */
function nodeRule(
  name: string,
  why: string,
  where: RegExp,
  judge: (node: AstNode, ancestors: readonly AstNode[]) => string | undefined,
): Rule {
  const placesIn = oncePerFile((file: SourceFile): Place[] => {
    const places: Place[] = []
    const syntax = syntaxOf(file)
    syntax.visit((node, ancestors) => {
      const message = judge(node, ancestors)
      if (message !== undefined) places.push({ line: syntax.lineOf(node.start), message })
    })
    return places
  })
  const check = (tree: Tree): Finding[] =>
    codeFiles(tree, where).flatMap(file => placesIn(file).map(place => ({ path: file.path, ...place })))
  return { name, why, check }
}

/** `Date.now()`, `new Date()`, `performance.now()`, but not `new Date(someTime)`. */
function readsClock(node: AstNode): boolean {
  const arity = Array.isArray(node.arguments) ? node.arguments.length : 0
  if (node.type === 'NewExpression') return nameOf(node.callee) === 'Date' && arity === 0
  if (node.type !== 'CallExpression' || !isNode(node.callee) || nameOf(node.callee) !== 'now') return false
  return ['Date', 'performance'].includes(nameOf(node.callee.object) ?? '')
}

/** A parameter that the caller may omit: `tx?: Tx`, `tx = db`, `tx: Tx | undefined`. */
function isOptional(parameter: AstNode): boolean {
  if (parameter.optional === true || parameter.type === 'AssignmentPattern') return true
  const annotation = (parameter.typeAnnotation as AstNode | null)?.typeAnnotation
  if (!isNode(annotation) || annotation.type !== 'TSUnionType') return false
  return (annotation.types as AstNode[]).some(({ type }) => type === 'TSUndefinedKeyword' || type === 'TSNullKeyword')
}

function parameterName(parameter: AstNode): string {
  return nameOf(parameter.type === 'AssignmentPattern' ? parameter.left : parameter) ?? ''
}

/** The option `only`, `skip` or `todo` of a test, or the method of that name. */
function testMarks(node: AstNode): { mark: string; reason: string | undefined }[] {
  if (node.type !== 'CallExpression' || !isNode(node.callee)) return []
  const { callee } = node
  const args = node.arguments as AstNode[]
  const mark = nameOf(callee) ?? ''
  if (callee.type === 'MemberExpression' && ['only', 'skip', 'todo'].includes(mark)) {
    const isOnTest = testCall.test(nameOf(callee.object) ?? '')
    const isOnContext = nameOf(callee.object) === 't' || nameOf(callee.object) === 'context'
    if (isOnTest) return [{ mark, reason: undefined }]
    if (isOnContext) return [{ mark, reason: args[0] === undefined ? undefined : 'given' }]
  }
  if (!testCall.test(mark)) return []
  const options = args.find(({ type }) => type === 'ObjectExpression')
  return ((options?.properties ?? []) as AstNode[]).flatMap(({ key, value }) => {
    const option = nameOf(key) ?? ''
    if (!['only', 'skip', 'todo'].includes(option) || !isNode(value)) return []
    return [{ mark: option, reason: value.type === 'Literal' && value.value === true ? undefined : 'given' }]
  })
}

export const habitRules: readonly Rule[] = [
  nodeRule(
    'one-clock',
    'A test can only control the clock that it passes to the module.',
    /^modules\/[^/]+\/src\//,
    node => (readsClock(node) ? 'reads the clock of the machine; use ctx.now() or floor.now()' : undefined),
  ),
  nodeRule(
    'required-transaction',
    'With an optional handle, one forgotten argument makes a query leave the transaction without a sound.',
    /^(platform|modules|apps\/server)\//,
    node => {
      const takes = node.type === 'TSFunctionType' || isFunction(node)
      const parameters = takes ? (node.params as AstNode[]) : []
      const name = parameters
        .filter(isOptional)
        .map(parameterName)
        .find(candidate => /^(tx|db|sql)$/.test(candidate))
      if (name !== undefined) return `"${name}" is optional; make it the first, required argument`
      const isFallback = node.type === 'LogicalExpression' && ['??', '||'].includes(node.operator as string)
      if (isFallback && nameOf(node.left) === 'tx') return 'falls back when there is no tx; require the handle'
      return undefined
    },
  ),
  nodeRule('whole-suite', 'A disabled test protects nothing, and its absence goes unnoticed.', testFile, node => {
    const [wrong] = testMarks(node).filter(({ mark, reason }) => mark === 'only' || reason === undefined)
    if (wrong === undefined) return undefined
    if (wrong.mark === 'only') return 'only this test would run; remove "only"'
    return `"${wrong.mark}" without a reason; write ${wrong.mark}: 'why', or a condition and t.${wrong.mark}('why')`
  }),
  {
    name: 'titles-differ',
    why: 'When a test fails, its title must identify it.',
    check: tree =>
      codeFiles(tree, testFile).flatMap(file => {
        const seen = new Set<string>()
        const findings: Finding[] = []
        const syntax = syntaxOf(file)
        syntax.visit((node, ancestors) => {
          if (node.type !== 'CallExpression' || !/^(test|it)$/.test(nameOf(node.callee) ?? '')) return
          const title = literalText((node.arguments as AstNode[])[0])
          if (title === undefined) return
          const suites = ancestors.filter(
            ({ type, callee }) => type === 'CallExpression' && testCall.test(nameOf(callee) ?? ''),
          )
          const full = [...suites.map(suite => literalText((suite.arguments as AstNode[])[0])), title].join(' › ')
          const line = syntax.lineOf(node.start)
          if (seen.has(full)) findings.push({ path: file.path, line, message: `the title "${title}" is used twice` })
          seen.add(full)
        })
        return findings
      }),
  },
]
