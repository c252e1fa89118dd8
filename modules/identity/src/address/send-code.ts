import { Id } from '@octet/contracts'
import { job, type PayloadOf } from '@octet/jobs'
import { Type } from 'typebox'
import { languageOf } from '../account/rules.ts'
import * as store from '../account/store.ts'
import type { IdentityContext } from '../context.ts'
import { codeHash, newCode } from '../mail/codes.ts'
import { codeMail, knownAddressMail } from '../mail/texts.ts'
import { codeMinutes, dropClaim, findOwner, lockClaim, setCode } from './store.ts'
import { takeMailQuota } from './take-mail-quota.ts'

export const sendCodeJob = job('identity.send-code', Type.Object({ userId: Id }))

/**
 * Sends the code that verifies an account's claim. If another account owns the address, its owner gets a notice
 * instead. A repeated run sends a new code; only the last one is valid.
 */
export async function sendCode(ctx: IdentityContext, { userId }: PayloadOf<typeof sendCodeJob>): Promise<void> {
  await ctx.db.transaction('identity.sendCode', async tx => {
    const claim = await lockClaim(tx, userId)
    const user = await store.findUser(tx, userId)
    if (claim === undefined || user === undefined) return
    const owner = await findOwner(tx, claim.email_key, userId)
    if (!(await takeMailQuota(tx, owner === undefined ? 'code' : 'known-address', claim.email_key))) return
    if (owner !== undefined && owner.email !== null) {
      const language = languageOf(owner)
      const content = knownAddressMail({ username: owner.username, language })
      await dropClaim(tx, userId)
      await ctx.mail.send(tx, { kind: 'known-address', to: owner.email, userId: owner.id, language, content })
      return
    }
    const code = newCode()
    await setCode(tx, userId, codeHash(userId, code))
    const language = languageOf(user)
    const content = codeMail({ username: user.username, language, code, minutes: codeMinutes })
    await ctx.mail.send(tx, { kind: 'confirm-address', to: claim.email, userId, language, content })
  })
}
