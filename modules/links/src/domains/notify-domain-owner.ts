/** Notifies the owner of a host whose proof is missing: when it is missed first, and when the host is lost. */
import { Id } from '@octet/contracts'
import type { Tx } from '@octet/db'
import { type MissingProof, proofOf } from '@octet/domains'
import { type About, notification } from '@octet/kernel'
import { type Static, Type } from 'typebox'
import type { LinksContext } from '../context.ts'
import * as domainStore from './store.ts'

const path = () => '/links/domains' as const

const LostDomain = Type.Object({ domainId: Id, host: Type.String() })

export const domainLost = notification(LostDomain, {
  name: 'domain-lost',
  purpose: 'activity',
  example: { domainId: '0192f0c1-0000-7000-8000-000000000001', host: 'go.example.org' },
  path,
  text: {
    en: ({ host }) => ({
      subject: `Short links on ${host} have stopped`,
      lines: [`No proof that ${host} is yours was found for seven days, so its short links are not answered any more.`],
      action: 'Prove it again',
    }),
    de: ({ host }) => ({
      subject: `Kurze Links auf ${host} gehen nicht mehr`,
      lines: [`Seit sieben Tagen fehlt der Nachweis, dass ${host} dir gehört. Die kurzen Links dort gehen nicht mehr.`],
      action: 'Neu nachweisen',
    }),
  },
  isCurrent: (ctx: LinksContext, about) => isMissing(ctx, about, { isLost: true }),
})

export const domainProofMissing = notification(
  Type.Object({ ...LostDomain.properties, txtName: Type.String(), value: Type.String() }),
  {
    name: 'domain-proof-missing',
    purpose: 'activity',
    example: {
      domainId: '0192f0c1-0000-7000-8000-000000000001',
      host: 'go.example.org',
      txtName: '_octet.go.example.org',
      value: 'octet-domain=3f6c0d5be1',
    },
    path,
    text: {
      en: ({ host, txtName, value }) => ({
        subject: `The proof that ${host} is yours is missing`,
        lines: [
          `Without it the short links on ${host} stop in seven days.`,
          `Set the TXT record ${txtName} to ${value} again.`,
        ],
        action: 'Look at your domains',
      }),
      de: ({ host, txtName, value }) => ({
        subject: `Der Nachweis für ${host} fehlt`,
        lines: [
          `Ohne ihn gehen die kurzen Links auf ${host} in sieben Tagen nicht mehr.`,
          `Setze den TXT-Eintrag ${txtName} wieder auf ${value}.`,
        ],
        action: 'Domains ansehen',
      }),
    },
    isCurrent: (ctx: LinksContext, about) => isMissing(ctx, about, { isLost: false }),
  },
)

/** False when the proof is back, the host was removed, or a grace period has ended meanwhile. */
async function isMissing(
  { db }: LinksContext,
  { userId, data: { domainId } }: About<Static<typeof LostDomain>>,
  { isLost }: { isLost: boolean },
): Promise<boolean> {
  const [domain] = await domainStore.listDomains(db, userId, domainId)
  return domain !== undefined && domain.missing_since !== null && (domain.verified_at === null) === isLost
}

/** Notifies the owner at the start and at the end of the grace period. */
export async function notifyDomainOwner(
  ctx: LinksContext,
  tx: Tx,
  { domainId, ownerId: userId, missingSince, isLost }: MissingProof,
): Promise<void> {
  const [domain] = await domainStore.listDomains(tx, userId, domainId)
  if (domain === undefined) return
  const { host } = domain
  const key = `${domainId} ${missingSince}`
  if (isLost) await ctx.notify(tx, domainLost, { userId, key, data: { domainId, host } })
  else {
    const { txtName, value } = proofOf(domain)
    await ctx.notify(tx, domainProofMissing, { userId, key, data: { domainId, host, txtName, value } })
  }
}
