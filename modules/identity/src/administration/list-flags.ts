import type { Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import type { IdentityContext } from '../context.ts'

/** The flags of all modules, in the order of their declaration. */
export async function listFlags({ installationFlags }: IdentityContext): Promise<Output<typeof identity, 'listFlags'>> {
  return { flags: (await installationFlags.list()).map(flag => ({ ...flag })) }
}
