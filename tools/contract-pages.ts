/** Documentation generated from the contracts: the problem catalogue and the lists in READMEs. */
import { type Access, type Contract, commonProblems, type Operation, type ProblemSpec } from '@octet/contracts'
import { contracts } from '@octet/contracts/all'
import { type AstNode, codeFiles, isNode, literalText, nameOf, syntaxOf } from './syntax.ts'
import type { Tree } from './tree.ts'

const problemsPath = 'docs/problems.md'
const begin = '<!-- made from the contract by npm run docs:generate -->'
const end = '<!-- end of what is made from the contract -->'

/** Every page that is generated from the contracts, wholly or in part, with its required content. */
export function contractPages(tree: Tree, of: readonly Contract[] = contracts): Map<string, string> {
  const pages = new Map([[problemsPath, problemsPage(of)]])
  for (const contract of of) {
    const path = `modules/${contract.name}/README.md`
    const readme = tree.get(path)
    if (readme !== undefined) pages.set(path, withBlock(readme.text, moduleBlock(tree, contract)))
  }
  return pages
}

/** Puts the block between its markers, or at the end of a page without them. */
function withBlock(page: string, block: string): string {
  const from = page.indexOf(begin)
  const to = page.indexOf(end)
  if (from === -1 || to < from) return `${page.trimEnd()}\n\n${begin}\n${block}\n${end}\n`
  return `${page.slice(0, from)}${begin}\n${block}\n${page.slice(to)}`
}

// ---- the problem catalogue ------------------------------------------------------------------------------------------

function problemsPage(of: readonly Contract[]): string {
  const sections = of.map(contract => {
    const rows = Object.entries(contract.problems).map(([key, spec]) => {
      const code = `${contract.name}.${key}`
      const by = Object.entries(contract.operations).filter(([, { problems }]) => problems.includes(code))
      return [...problemCells(code, spec), by.map(([name]) => `\`${name}\``).join(', ') || 'its own routes']
    })
    return `## ${contract.name}\n\n${table(['Code', 'Status', 'Title', 'Answered by'], rows)}`
  })
  const common = Object.entries(commonProblems).map(([code, spec]) => problemCells(code, spec))
  return `# Problems

Errors are \`application/problem+json\` (RFC 9457). Programs read \`code\`, which never changes its meaning; people read
\`title\` and \`detail\`. Made from \`contracts/\` by \`npm run docs:generate\`.

## Any operation

${table(['Code', 'Status', 'Title'], common)}

${sections.join('\n\n')}
`
}

function problemCells(code: string, { status, title }: ProblemSpec): string[] {
  return [`\`${code}\``, String(status), title]
}

// ---- the lists in a module's README ---------------------------------------------------------------------------------

function moduleBlock(tree: Tree, contract: Contract): string {
  const rows = Object.entries(contract.operations).map(([name, operation]) => operationCells(name, operation))
  const { calls, listens } = needsOf(tree, contract.name)
  const list = (names: readonly string[]) => names.map(name => `\`${name}\``).join(', ') || 'nothing'
  return `
${table(['Operation', 'Route', 'Who may', 'Repeat'], rows)}

- Publishes: ${list(Object.keys(contract.events))}
- Listens to: ${list(listens)}
- Calls: ${list(calls)}
`
}

function operationCells(name: string, { http, access, retry }: Operation): string[] {
  return [`\`${name}\``, http === undefined ? 'modules only' : `\`${http}\``, accessText(access), retry]
}

function accessText(access: Access): string {
  const fresh = 'fresh' in access && access.fresh === true ? ', fresh' : ''
  const verified = 'verified' in access && access.verified === true ? ', verified' : ''
  if (access.kind === 'user') return `user, \`${access.scope}\`${fresh}${verified}`
  if (access.kind === 'permission') return `\`${access.permission}\`${fresh}`
  if (access.kind === 'signed-in') return 'signed in'
  return access.kind === 'service' ? 'other modules' : 'anyone'
}

/** The needs of a module: `calls: […]` in its `module.ts`, and every `on(contract, 'event', …)`. */
function needsOf(tree: Tree, module: string): { calls: string[]; listens: string[] } {
  const calls: string[] = []
  const listens: string[] = []
  for (const file of codeFiles(tree, new RegExp(`^modules/${module}/src/`))) {
    syntaxOf(file).visit(node => {
      if (node.type === 'Property' && nameOf(node.key) === 'calls' && isNode(node.value)) {
        calls.push(...((node.value.elements ?? []) as AstNode[]).map(element => nameOf(element) ?? '?'))
      }
      const [contract, event] = (node.arguments ?? []) as AstNode[]
      const name = literalText(event)
      if (node.type === 'CallExpression' && nameOf(node.callee) === 'on' && name !== undefined) {
        listens.push(`${nameOf(contract)}.${name}`)
      }
    })
  }
  return { calls, listens }
}

/** Columns are padded like the formatter pads them. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => {
    return Math.max(3, title.length, ...rows.map(cells => cells[column]?.length ?? 0))
  })
  const line = (cells: readonly string[]) => {
    return `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  }
  return [line(head), line(widths.map(width => '-'.repeat(width))), ...rows.map(line)].join('\n')
}
