/** The scopes of tokens: the scopes and permissions that operations name. */
import type { Contract } from './define.ts'

/** Only full sessions have these: a key must not create keys, end sessions or change the sign-in. */
const sessionOnly: ReadonlySet<string> = new Set(['account:write', 'keys:write'])

/**
 * Every scope that an API key may have, in order, with the operations it permits. No key can use operations that
 * require a fresh sign-in.
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
