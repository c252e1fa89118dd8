/**
 * Parsed TypeScript for the rules. It uses oxc-parser, because TypeScript 7 has no API for it (docs/decisions/0004).
 */
import { type Comment, type Function as FunctionNode, type Program, parseSync } from 'oxc-parser'
import { lineAt, oncePerFile, type SourceFile, type Tree } from './tree.ts'

/** Any node, as the rules see it: a type, and the properties of that type. */
export interface AstNode {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [property: string]: unknown
}

export interface Syntax {
  readonly program: AstNode
  readonly comments: readonly Comment[]
  /** Every node with its ancestors, nearest last, in source order. */
  visit(see: (node: AstNode, ancestors: readonly AstNode[]) => void): void
  lineOf(offset: number): number
}

/** Whether the rules can parse the file. */
export function isCode(path: string): boolean {
  return /\.(ts|tsx|mts|js|mjs)$/.test(path) && !path.endsWith('.d.ts')
}

/** The TypeScript and JavaScript files of the tree, or only those under `folder`. */
export function codeFiles(tree: Tree, folder: RegExp = /^/): SourceFile[] {
  return [...tree.values()].filter(({ path }) => isCode(path) && folder.test(path))
}

/** Parses a file. With a syntax error, the readable part remains; the type check reports the error. */
export const syntaxOf = oncePerFile((file): Syntax => {
  const result = parseSync(file.path, file.text)
  const program = result.program as Program as unknown as AstNode
  return {
    program,
    comments: result.comments,
    visit: see => walk(program, [], see),
    lineOf: offset => lineAt(file.text, offset),
  }
})

function walk(node: AstNode, ancestors: AstNode[], see: Parameters<Syntax['visit']>[0]): void {
  see(node, ancestors)
  ancestors.push(node)
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) walk(child, ancestors, see)
    }
  }
  ancestors.pop()
}

/** Whether a property of a node is a node. */
export function isNode(value: unknown): value is AstNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}

/** The text of a string literal; `undefined` for anything else. */
export function literalText(node: unknown): string | undefined {
  return isNode(node) && node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined
}

/** The name of an identifier or of the last part of `a.b.c`. */
export function nameOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined
  if (node.type === 'Identifier') return node.name as string
  return node.type === 'MemberExpression' ? nameOf(node.property) : undefined
}

export interface ExportedFunction {
  readonly name: string
  /** The function itself: its parameters and body. */
  readonly node: AstNode & Pick<FunctionNode, 'params'>
  /** Where the export statement starts; a docstring ends just before it. */
  readonly start: number
}

/** The functions that a file exports at their declaration, both `export function f` and `export const f = () => …`. */
export function exportedFunctions(file: SourceFile): ExportedFunction[] {
  const found: ExportedFunction[] = []
  for (const statement of syntaxOf(file).program.body as AstNode[]) {
    if (statement.type !== 'ExportNamedDeclaration' || !isNode(statement.declaration)) continue
    const { declaration, start } = statement
    const declared =
      declaration.type === 'VariableDeclaration'
        ? (declaration.declarations as AstNode[]).map(({ id, init }) => ({ id, node: init }))
        : [{ id: declaration.id, node: declaration }]
    for (const { id, node } of declared) {
      const name = nameOf(id)
      if (name !== undefined && isFunction(node)) found.push({ name, node: node as ExportedFunction['node'], start })
    }
  }
  return found
}

/** Whether a node is a function with a body. */
export function isFunction(node: unknown): boolean {
  if (!isNode(node) || !isNode(node.body)) return false
  return ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'].includes(node.type)
}
