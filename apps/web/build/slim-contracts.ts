/**
 * Vite plugin: of the contracts, pages get what a client needs and no schemas.
 *
 * Types come from the package itself. What runs in the browser is the list of operations with their routes, which is a
 * tenth of the size: the schemas, and the library that makes them, would be a fifth of the first page's script.
 */
import { fileURLToPath } from 'node:url'
import * as contracts from '@octet/contracts'
import { summaries } from '@octet/contracts/summaries'
import type { Plugin } from 'vite'

const name = '@octet/contracts'
const id = '\0octet-contracts'
const defineId = '\0octet-contracts-define'
const summariesName = '@octet/contracts/summaries'
const summariesId = '\0octet-summaries'

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

function slim({ name: module, operations, streams = {}, problems }: contracts.Contract): object {
  // Over a socket refusals come as codes alone; what they mean is looked up. Over HTTP the answer says it all.
  const isSentTo = Object.values(streams).some(({ commands }) => commands !== undefined)
  return {
    name: module,
    operations: withoutServerOnly(operations),
    streams: withoutServerOnly(streams),
    ...(isSentTo ? { problems } : {}),
  }
}

const isContract = (value: object): value is contracts.Contract => 'operations' in value && 'events' in value

/** Words, numbers, and lists and tables of them; a schema is neither. */
function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'function'
  return !('~kind' in value) && Object.values(value).every(isPlain)
}

/** Files that come as they are, because they do something. What they need of `define.ts` are constants. */
const kept = ['problem.ts', 'principal.ts', 'identity/second-factor.ts'].map(file =>
  fileURLToPath(import.meta.resolve(name).replace('index.ts', file)),
)

function constants(): string[] {
  return Object.entries(contracts).flatMap(([key, value]) => {
    const shown = typeof value === 'object' && isContract(value) ? slim(value) : value
    return isPlain(shown) ? [`export const ${key} = ${JSON.stringify(shown)}`] : []
  })
}

/** The source of the module that stands for the package. */
function source(): string {
  return [...kept.map(file => `export * from ${JSON.stringify(file)}`), ...constants()].join('\n')
}

export function slimContractsPlugin(): Plugin {
  return {
    name: 'octet-slim-contracts',
    enforce: 'pre',
    resolveId(wanted, importer) {
      if (wanted === name) return id
      if (wanted === summariesName) return summariesId
      if (wanted === './define.ts' && importer !== undefined && kept.includes(importer)) return defineId
      return undefined
    },
    load(wanted) {
      if (wanted === id) return source()
      if (wanted === summariesId) return `export const summaries = ${JSON.stringify(summaries)}`
      if (wanted === defineId) return constants().join('\n')
      return undefined
    },
  }
}
