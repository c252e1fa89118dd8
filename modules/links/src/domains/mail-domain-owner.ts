/** Mails the owner of a host whose proof is missing, before its links stop working. */
import { Id } from '@octet/contracts'
import { proofOf } from '@octet/domains'
import { job, type PayloadOf } from '@octet/jobs'
import { Type } from 'typebox'
import type { LinksContext } from '../context.ts'
import * as domainStore from './store.ts'

export const mailDomainOwnerJob = job(
  'links.mail-domain-owner',
  Type.Object({ domainId: Id, ownerId: Id, missingSince: Type.String(), isLost: Type.Boolean() }),
)

/** Sends the mail at the start and at the end of the grace period. Sends none when the proof is back. */
export async function mailDomainOwner(
  ctx: LinksContext,
  { domainId, ownerId, missingSince, isLost }: PayloadOf<typeof mailDomainOwnerJob>,
): Promise<void> {
  const [domain] = await domainStore.listDomains(ctx.db, ownerId, domainId)
  if (domain === undefined || (domain.verified_at === null) !== isLost || domain.missing_since === null) return
  const { host } = domain
  const { txtName, value } = proofOf(domain)
  const path = '/links/domains'
  const text = isLost
    ? {
        en: {
          subject: `Short links on ${host} have stopped`,
          lines: [
            `No proof that ${host} is yours was found for seven days, so its short links are not answered any more.`,
          ],
          action: { label: 'Prove it again', path },
        },
        de: {
          subject: `Kurze Links auf ${host} gehen nicht mehr`,
          lines: [
            `Seit sieben Tagen fehlt der Nachweis, dass ${host} dir gehört. Die kurzen Links dort gehen nicht mehr.`,
          ],
          action: { label: 'Neu nachweisen', path },
        },
      }
    : {
        en: {
          subject: `The proof that ${host} is yours is missing`,
          lines: [
            `Without it the short links on ${host} stop in seven days.`,
            `Set the TXT record ${txtName} to ${value} again.`,
          ],
          action: { label: 'Look at your domains', path },
        },
        de: {
          subject: `Der Nachweis für ${host} fehlt`,
          lines: [
            `Ohne ihn gehen die kurzen Links auf ${host} in sieben Tagen nicht mehr.`,
            `Setze den TXT-Eintrag ${txtName} wieder auf ${value}.`,
          ],
          action: { label: 'Domains ansehen', path },
        },
      }
  await ctx.calls.identity.mailUser(
    { userId: ownerId, kind: isLost ? 'domain-lost' : 'domain-proof-missing', text },
    { idempotencyKey: `domain-proof ${domainId} ${isLost} ${missingSince}` },
  )
}
