import type { Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import type { IdentityContext } from '../context.ts'
import { setupNeeded } from './setup-token.ts'

/** Whether the first administrator must still be created. */
export async function getSetup(ctx: IdentityContext): Promise<Output<typeof identity, 'getSetup'>> {
  return { needed: await setupNeeded(ctx) }
}
