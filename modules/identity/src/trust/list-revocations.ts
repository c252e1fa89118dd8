import type { Input, Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import type { IdentityContext } from '../context.ts'
import { readRevocations } from '../sessions/store.ts'

/** Revocations for processes that do not serve identity. A later authentication reflects all returned revocations. */
export async function listRevocations(
  ctx: IdentityContext,
  { since }: Input<typeof identity, 'listRevocations'>,
): Promise<Output<typeof identity, 'listRevocations'>> {
  const { horizon, clockMs, revocations } = await readRevocations(ctx.db, since)
  ctx.revocations.learn(revocations)
  return { horizon, clockMs, revocations: [...revocations] }
}
