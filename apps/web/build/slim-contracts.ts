/**
 * Vite plugin: strips the contracts for the browser to the parts that a client needs, without schemas.
 *
 * Types come from the package itself. The browser gets the list of operations with their routes, a tenth of the size.
 * The schemas, and the library that builds them, would be a fifth of the first page's script.
 */
import { fileURLToPath } from 'node:url'
import type { Contract } from '@octet/contracts'
import type { Plugin } from 'vite'

const packageName = '@octet/contracts'
const idPrefix = '\0slim:'
const constantsId = '\0slim-constants'

/** Parts of an operation, and of a stream, that only a server needs. */
const serverOnly: ReadonlySet<string> = new Set([
  'summary',
  'input',
  'output',
  'problems',
  'limits',
  'events',
  'relays',
])

function withoutServerOnly(parts: Readonly<Record<string, object>>): object {
  const short = Object.entries(parts).map(([key, part]) => [
    key,
    Object.fromEntries(Object.entries(part).filter(([name]) => !serverOnly.has(name))),
  ])
  return Object.fromEntries(short)
}

function slim({ name: module, permissions = {}, operations, streams = {}, problems }: Contract): object {
  // Over a socket a problem is only a code, so the client looks up its meaning. An HTTP answer is complete.
  const isSentTo = Object.values(streams).some(({ commands }) => commands !== undefined)
  return {
    name: module,
    permissions,
    operations: withoutServerOnly(operations),
    streams: withoutServerOnly(streams),
    ...(isSentTo ? { problems } : {}),
  }
}

/** A contract, or a list of them, without the parts that only a server needs; anything else unchanged. */
function slimmed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(slimmed)
  return typeof value === 'object' && value !== null && isContract(value) ? slim(value) : value
}

const isContract = (value: object): value is Contract => 'operations' in value && 'events' in value

/** Whether the value consists of strings, numbers, and lists and tables of them; a schema does not. */
function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'function'
  return !('~kind' in value) && Object.values(value).every(isPlain)
}

/** Files that are kept unchanged, because they contain code. They import only constants from the other files. */
const kept: Readonly<Record<string, readonly string[]>> = {
  [packageName]: ['problem.ts', 'principal.ts', 'request.ts', 'curl.ts'],
  [`${packageName}/identity`]: ['identity/second-factor.ts'],
}
const pathOf = (file: string) => fileURLToPath(import.meta.resolve(packageName).replace('index.ts', file))
const keptPaths = new Set(Object.values(kept).flat().map(pathOf))

async function constantsOf(entry: string): Promise<string[]> {
  const exported: Readonly<Record<string, unknown>> = await import(entry)
  return Object.entries(exported).flatMap(([key, value]) => {
    const shown = slimmed(value)
    return isPlain(shown) ? [`export const ${key} = ${JSON.stringify(shown)}`] : []
  })
}

/** The source of the module that replaces an entry of the package. */
async function sourceOf(entry: string): Promise<string> {
  const whole = (kept[entry] ?? []).map(file => `export * from ${JSON.stringify(pathOf(file))}`)
  return [...whole, ...(await constantsOf(entry))].join('\n')
}

export function slimContractsPlugin(): Plugin {
  return {
    name: 'octet-slim-contracts',
    enforce: 'pre',
    resolveId(wanted, importer) {
      if (wanted === packageName || wanted.startsWith(`${packageName}/`)) return idPrefix + wanted
      if ((wanted === './define.ts' || wanted === './access.ts') && importer !== undefined && keptPaths.has(importer))
        return constantsId
      return undefined
    },
    async load(wanted) {
      if (wanted === constantsId) return (await constantsOf(packageName)).join('\n')
      return wanted.startsWith(idPrefix) ? sourceOf(wanted.slice(idPrefix.length)) : undefined
    },
  }
}
