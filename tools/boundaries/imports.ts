/** The import graph: one edge per import, export-from, `import()`, `require` and type import of the tree. */
import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import { exportedFile, isShipped, ownerOf, type Package, packagesOf } from '../packages.ts'
import { type AstNode, codeFiles, isNode, literalText, nameOf, syntaxOf } from '../syntax.ts'
import { oncePerFile, type SourceFile, type Tree } from '../tree.ts'

export interface Import {
  readonly path: string
  readonly line: number
  readonly owner: Package
  /** The importing file ships; it is not a test, a bench or a build file. */
  readonly isShipped: boolean
  /** As written; `undefined` when it is computed, so that it cannot be known. */
  readonly specifier: string | undefined
  readonly isRelative: boolean
  /** Only types are imported: nothing is loaded at run time. */
  readonly isType: boolean
  /** The name of the npm package, ours or external; `undefined` for relative paths and Node's own modules. */
  readonly packageName: string | undefined
  /** The imported package of this repository, including the importer's own. */
  readonly target: Package | undefined
  /** The imported file of this repository, if it exists. */
  readonly targetPath: string | undefined
}

const known = new WeakMap<Tree, readonly Import[]>()

/** All imports of the tree, in order of file and line. */
export function importsOf(tree: Tree): readonly Import[] {
  let imports = known.get(tree)
  if (imports === undefined) {
    const packages = packagesOf(tree)
    imports = codeFiles(tree).flatMap(file => importsIn(file, packages, tree))
    known.set(tree, imports)
  }
  return imports
}

function importsIn(file: SourceFile, packages: readonly Package[], tree: Tree): Import[] {
  const owner = ownerOf(packages, file.path)
  const place = { path: file.path, owner, isShipped: isShipped(owner, file.path) }
  return sourcesIn(file).map(({ line, specifier, isType }) => {
    return { ...place, line, isType, ...resolve(specifier, file.path, packages, tree) }
  })
}

const sourcesIn = oncePerFile(file => {
  const sources: { readonly line: number; readonly specifier: string | undefined; readonly isType: boolean }[] = []
  const syntax = syntaxOf(file)
  syntax.visit(node => {
    const source = sourceOf(node)
    if (source === undefined) return
    sources.push({ line: syntax.lineOf(node.start), specifier: literalText(source), isType: isTypeOnly(node) })
  })
  return sources
})

/** The node with the imported name, for every form of import. */
function sourceOf(node: AstNode): AstNode | undefined {
  const { type, source } = node
  const callee = nameOf(node.callee)
  const [argument] = (node.arguments ?? []) as AstNode[]
  if (type === 'CallExpression' && callee === 'require') return argument
  // Resolving a computed name loads nothing, but resolving a literal is an ordinary dependency.
  if (type === 'CallExpression' && isNodeResolve(node) && literalText(argument) !== undefined) return argument
  const importing = ['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration', 'ImportExpression']
  if ((importing.includes(type) || type === 'TSImportType') && isNode(source)) return source
  return type === 'TSExternalModuleReference' && isNode(node.expression) ? node.expression : undefined
}

function isTypeOnly({ type, importKind, exportKind, specifiers }: AstNode): boolean {
  if (type === 'TSImportType' || importKind === 'type' || exportKind === 'type') return true
  const names = (specifiers ?? []) as AstNode[]
  return names.length > 0 && names.every(name => name.importKind === 'type' || name.exportKind === 'type')
}

/** `import.meta.resolve('x')` and `require.resolve('x')`. */
function isNodeResolve({ callee }: AstNode): boolean {
  if (nameOf(callee) !== 'resolve' || !isNode(callee) || !isNode(callee.object)) return false
  return callee.object.type === 'MetaProperty' || nameOf(callee.object) === 'require'
}

function resolve(
  specifier: string | undefined,
  from: string,
  packages: readonly Package[],
  tree: Tree,
): Pick<Import, 'specifier' | 'isRelative' | 'packageName' | 'target' | 'targetPath'> {
  const isRelative = specifier !== undefined && /^\.{0,2}\//.test(specifier)
  const nothing = { specifier, isRelative, packageName: undefined, target: undefined, targetPath: undefined }
  // `#program`: what a package builds of itself, by the `imports` of its package.json.
  if (specifier === undefined || isBuiltin(specifier) || /^((data|virtual):|#)/.test(specifier)) return nothing
  if (isRelative) {
    const path = posix.join(posix.dirname(from), specifier.replace(/\?.*$/, ''))
    return { ...nothing, target: ownerOf(packages, path), targetPath: tree.has(path) ? path : undefined }
  }
  const parts = specifier.split('/')
  const packageName = parts.splice(0, specifier.startsWith('@') ? 2 : 1).join('/')
  const target = packages.find(({ name }) => name === packageName)
  const file = target === undefined ? undefined : exportedFile(target, ['.', ...parts].join('/'))
  return { ...nothing, packageName, target, targetPath: file !== undefined && tree.has(file) ? file : undefined }
}
