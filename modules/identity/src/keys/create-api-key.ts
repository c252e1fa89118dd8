import { commonProblem, grantableScopes, type Input, type Output, requireUser } from '@octet/contracts'
import { contracts } from '@octet/contracts/all'
import type { identity } from '@octet/contracts/identity'
import { newId } from '@octet/db'
import { cleanDisplayName } from '../account/rules.ts'
import { lockUser } from '../account/store.ts'
import { audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'
import { problem } from '../problem.ts'
import { newApiKey } from './api-key.ts'
import { apiKeyOf } from './list-api-keys.ts'
import { countApiKeys, insertApiKey } from './store.ts'

const keysMax = 50
const daysDefault = 90

/**
 * Creates a key for the caller. Requires an unrestricted session: keys and restricted tokens cannot create keys. Throws
 * `too-many-keys`.
 */
export async function createApiKey(
  ctx: IdentityContext,
  input: Input<typeof identity, 'createApiKey'>,
): Promise<Output<typeof identity, 'createApiKey'>> {
  const { userId, scopes: ownScopes } = requireUser(ctx.actor)
  if (ownScopes !== '*') throw commonProblem('forbidden', { detail: 'A restricted token cannot create keys.' })
  const name = cleanDisplayName(input.name)
  checkInput(name, input.scopes)
  const { key, ...made } = newApiKey()
  const row = await ctx.db.transaction('identity.createApiKey', async tx => {
    if ((await lockUser(tx, userId)) === undefined) throw commonProblem('unauthenticated')
    if ((await countApiKeys(tx, userId)) >= keysMax) throw problem('too-many-keys')
    const inserted = await insertApiKey(tx, {
      ...made,
      id: newId(),
      userId,
      name: name ?? '',
      scopes: input.scopes,
      expiresInDays: input.expiresInDays ?? daysDefault,
    })
    const details = { name: inserted.name, key: made.lookup, scopes: input.scopes.join(' ') }
    await audit(ctx, tx, { userId, action: 'key-created', details })
    return inserted
  })
  return { ...apiKeyOf(row), key }
}

function checkInput(name: string | undefined, scopes: readonly string[]): void {
  const known = grantableScopes(contracts)
  const errors = scopes.flatMap((scope, index) => {
    return known.has(scope) ? [] : [{ path: `/scopes/${index}`, message: 'is not a known scope' }]
  })
  if (name === undefined) errors.push({ path: '/name', message: 'has no visible characters' })
  if (errors.length > 0) throw commonProblem('validation-failed', { errors })
}
