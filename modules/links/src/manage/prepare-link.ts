/** Creating one link, whether it arrives alone, in a bulk or in a file. */
import { requireUser } from '@octet/contracts'
import type { Link, NewLink, Utm } from '@octet/contracts/links'
import type { Tx } from '@octet/db'
import { normalHost } from '@octet/domains'
import { listTemplates } from '../campaigns/store.ts'
import { withUtm } from '../campaigns/utm.ts'
import { type LinksContext, problem } from '../context.ts'
import { checkDestination } from '../domains/check-destination.ts'
import * as domainStore from '../domains/store.ts'
import { listFolders } from '../organize/store.ts'
import { webhooks } from '../webhooks/webhooks.ts'
import { codeLengthMin, generateCode, isReserved, ownDomain } from './codes.ts'
import { fetchTitleJob } from './fetch-title.ts'
import * as listStore from './list-store.ts'
import { type LinkRow, linkOf } from './rules.ts'
import * as store from './store.ts'

/** How often a random code may collide before a longer one is drawn, and how many lengths are tried. */
const attemptsPerLength = 3
const codeLengthMax = codeLengthMin + 3

/** A link that passed every check that needs no transaction. */
export interface PreparedLink extends Omit<store.NewLink, 'code' | 'domainId'> {
  readonly alias: string | undefined
  readonly host: string | undefined
  readonly findsExisting: boolean
  readonly fetchesTitle: boolean
}

/** Throws `alias-reserved`, `url-not-allowed`, `expiry-in-the-past`, `domain-unknown`, `utm-template-unknown`. */
export async function prepareLink(ctx: LinksContext, input: NewLink): Promise<PreparedLink> {
  const url = withUtm(input.url, await utmOf(ctx, input))
  await checkDestination(ctx, url)
  checkExpiry(ctx, input.expiresAt)
  if (input.alias !== undefined && isReserved(input.alias)) throw problem('alias-reserved')
  const host = input.domain === undefined ? undefined : normalHost(input.domain)
  if (input.domain !== undefined && host === undefined) throw domainUnknown()
  const passwordHash = input.password === undefined ? null : await ctx.passwords.hash(input.password)
  return {
    alias: input.alias,
    host,
    findsExisting: input.findIfExists === true && ctx.actor.kind === 'user',
    // Anonymous callers cannot make the server fetch pages.
    fetchesTitle: input.fetchTitle === true && input.title === undefined && ctx.actor.kind === 'user',
    ownerId: ctx.actor.kind === 'user' ? ctx.actor.userId : null,
    folderId: input.folderId ?? null,
    url,
    title: input.title ?? null,
    tags: input.tags ?? [],
    expiresAt: input.expiresAt ?? null,
    clicksMax: input.clicksMax ?? null,
    passwordHash,
    isExample: false,
    createdAt: new Date(ctx.now()).toISOString(),
  }
}

/** The link's own values win over those of its template. */
async function utmOf(ctx: LinksContext, { utm, utmTemplateId }: NewLink): Promise<Utm | undefined> {
  if (utmTemplateId === undefined) return utm
  const [template] = ctx.actor.kind === 'user' ? await listTemplates(ctx.db, ctx.actor.userId, utmTemplateId) : []
  if (template === undefined) {
    const errors = [{ path: '/utmTemplateId', message: 'is not a utm template of yours' }]
    throw problem('utm-template-unknown', { errors })
  }
  return { ...template.utm, ...utm }
}

export interface AddedLink {
  readonly link: Link
  readonly domainId: string
}

/**
 * Inserts a prepared link, or finds the existing one when the input asks for it. Publishes `link-created`. Throws
 * `alias-taken`, `folder-unknown`, `domain-unknown` before it writes anything.
 */
export async function addLink(ctx: LinksContext, tx: Tx, prepared: PreparedLink): Promise<AddedLink> {
  const domainId = await domainOfOwner(ctx, tx, prepared.host)
  await checkFolder(ctx, tx, prepared.folderId)
  if (prepared.findsExisting && prepared.ownerId !== null) {
    const { ownerId, url } = prepared
    const known = await listStore.findByDestination(tx, { ownerId, domainId, url })
    if (known !== undefined) return { link: linkOf(known, ctx.origin), domainId }
  }
  const row = await insertWithCode(ctx, tx, { ...prepared, domainId })
  await tx.publish('link-created', { linkId: row.id, ownerId: row.owner_id, code: row.code })
  if (prepared.fetchesTitle) await ctx.jobs.enqueue(tx, fetchTitleJob, { linkId: row.id }, { key: row.id })
  const link = linkOf(row, ctx.origin)
  await webhooks.publish(ctx, tx, { ownerId: row.owner_id, event: 'link.created', data: { link } })
  return { link, domainId }
}

async function insertWithCode(
  ctx: LinksContext,
  tx: Tx,
  { alias, ...link }: Omit<store.NewLink, 'code'> & { alias: string | undefined },
): Promise<LinkRow> {
  if (alias !== undefined) {
    const row = await store.insertLink(tx, { ...link, code: alias })
    if (row === undefined) throw problem('alias-taken', { errors: [{ path: '/alias', message: 'is taken' }] })
    return row
  }
  for (let length = codeLengthMin; length <= codeLengthMax; length++) {
    for (let attempt = 0; attempt < attemptsPerLength; attempt++) {
      const row = await store.insertLink(tx, { ...link, code: generateCode(length) })
      if (row !== undefined) return row
      ctx.collisions.add()
    }
  }
  throw new Error(`no free code found up to ${codeLengthMax} characters`)
}

async function domainOfOwner(ctx: LinksContext, tx: Tx, host: string | undefined): Promise<string> {
  if (host === undefined) return ownDomain
  const domain = ctx.actor.kind === 'user' ? await domainStore.holdDomain(tx, ctx.actor.userId, host) : undefined
  if (domain === undefined) throw domainUnknown()
  return domain.id
}

function domainUnknown() {
  return problem('domain-unknown', { errors: [{ path: '/domain', message: 'is not a verified host of yours' }] })
}

/** Throws `folder-unknown` unless the folder is the caller's. */
export async function checkFolder(ctx: LinksContext, tx: Tx, folderId: string | null | undefined): Promise<void> {
  if (folderId === undefined || folderId === null) return
  const [folder] = await listFolders(tx, requireUser(ctx.actor).userId, folderId)
  if (folder === undefined) {
    throw problem('folder-unknown', { errors: [{ path: '/folderId', message: 'is not a folder of yours' }] })
  }
}

/** Throws `expiry-in-the-past`. */
export function checkExpiry(ctx: LinksContext, expiresAt: string | null | undefined): void {
  if (expiresAt === undefined || expiresAt === null || Date.parse(expiresAt) > ctx.now()) return
  throw problem('expiry-in-the-past', { errors: [{ path: '/expiresAt', message: 'is in the past' }] })
}
