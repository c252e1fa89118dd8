/** What each operation with a route does, by method and path. By itself, because few pages show it. */
import type { Operation } from './define.ts'
import { contracts } from './index.ts'

const operations = contracts.flatMap(contract => Object.values<Operation>(contract.operations))

export const summaries: Readonly<Record<string, string>> = Object.fromEntries(
  operations.flatMap(({ http, summary }) => (http === undefined ? [] : [[http, summary]])),
)
