/** What a token may be narrowed to: the scopes and permissions that operations name. */
import type { Contract } from './define.ts'

/** Only whole sessions have these: a key must not make keys, end sessions or change how one signs in. */
const sessionOnly: ReadonlySet<string> = new Set(['account:write', 'keys:write'])

/**
 * Every scope an API key may have, in order, each with what it lets one do. Operations that ask for a fresh sign-in are
 * out of any key's reach.
 */
export function grantableScopes(contracts: readonly Contract[]): ReadonlyMap<string, readonly string[]> {
  const summaries = new Map<string, string[]>()
  for (const { access, http, summary } of contracts.flatMap(({ operations }) => Object.values(operations))) {
    if ((access.kind !== 'user' && access.kind !== 'permission') || access.fresh === true) continue
    const scope = access.kind === 'user' ? access.scope : access.permission
    if (http === undefined || sessionOnly.has(scope)) continue
    summaries.set(scope, [...(summaries.get(scope) ?? []), summary])
  }
  return new Map([...summaries].sort(([a], [b]) => (a < b ? -1 : 1)))
}
