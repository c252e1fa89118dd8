import type { Input } from '@octet/contracts'
import { examplePeople } from '@octet/contracts/examples'
import type { identity } from '@octet/contracts/identity'
import * as store from '../account/store.ts'
import { checkEmail } from '../address/check-email.ts'
import { audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'
import { checkPassword, hashNewPassword } from '../passwords/new-password.ts'
import { problem } from '../problem.ts'
import { insertAccount } from '../sign-in/registration.ts'
import { signBrowserIn, type WebSession } from '../sign-in/sign-browser-in.ts'
import { setupTokenHash } from './setup-token.ts'
import { isSetupTokenGood, takeSetupToken } from './store.ts'

/**
 * Creates the first administrator and signs the browser in. Reserved names are allowed here. Example people are deleted
 * unless requested. Publishes `user-registered` and `owner-created`. Throws `setup-token-invalid`, `username-taken`,
 * `unavailable`.
 */
export async function webSetup(ctx: IdentityContext, input: Input<typeof identity, 'webSetup'>): Promise<WebSession> {
  checkEmail(ctx, input.email)
  checkPassword(input)
  const tokenHash = setupTokenHash(input.token)
  if (!(await isSetupTokenGood(ctx.db, tokenHash))) throw problem('setup-token-invalid')
  const { hash, creditBack } = await hashNewPassword(ctx, input.password)
  const user = await ctx.db.transaction('identity.webSetup', async tx => {
    if (!(await takeSetupToken(tx, tokenHash))) throw problem('setup-token-invalid')
    const userId = await insertAccount(ctx, tx, input, { passwordHash: hash, roles: ['user', 'admin'] })
    const examples = input.examples ?? true
    if (!examples)
      await store.deleteUsers(
        tx,
        Object.values(examplePeople).map(({ id }) => id),
      )
    await tx.publish('user-registered', { userId })
    await tx.publish('owner-created', { userId, examples })
    await audit(ctx, tx, { userId, action: 'registered', details: { firstAdministrator: true } })
    return store.findUser(tx, userId)
  })
  if (user === undefined) throw new Error('an account vanished in its own transaction')
  await creditBack()
  return signBrowserIn(ctx, { user, remember: true })
}
