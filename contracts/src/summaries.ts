/** The summary of each operation with a route, by method and path. In its own file, because few pages show it. */
import { contracts } from './all.ts'
import type { Operation } from './define.ts'

const operations = contracts.flatMap(contract => Object.values<Operation>(contract.operations))

export const summaries: Readonly<Record<string, string>> = Object.fromEntries(
  operations.flatMap(({ http, summary }) => (http === undefined ? [] : [[http, summary]])),
)
