import type { Db, Tx } from '@octet/db'
import type { Job } from '@octet/jobs'
import { type ModuleJob, onJob } from '@octet/kernel'
import type { Outbound } from '@octet/outbound'
import { findProof } from './find-proof.ts'
import { judgeProof, proofOf } from './rules.ts'
import { type DomainRow, domainsToRecheck, recordRecheck } from './store.ts'

const dayMs = 86_400_000
/** A minute: each may take two requests of six seconds, and some run at once. */
const batchMax = 20
const atOnce = 4

interface RecheckContext {
  readonly db: Db
  readonly now: () => number
  readonly outbound: Outbound
}

export interface MissingProof {
  readonly domainId: string
  readonly ownerId: string
  readonly missingSince: string
  /** True: the grace period is over and the account has lost the host. */
  readonly isLost: boolean
}

export interface RecheckOptions<Ctx extends RecheckContext> {
  readonly job: Job<Record<never, never>>
  /** Called once when a proof is missed first and once when the host is lost, in the transaction that records it. */
  readonly onMissing: (ctx: Ctx, tx: Tx, missing: MissingProof) => Promise<void>
  /** Called when the host was lost: the process may forget whom it served. */
  readonly onLost: (ctx: Ctx, host: string) => void
}

/**
 * Looks once a day whether verified hosts still belong to their owners: names expire, and a buyer cannot verify one
 * while the old proof counts.
 */
export function createRecheckJob<Ctx extends RecheckContext>(options: RecheckOptions<Ctx>): ModuleJob<Ctx> {
  const run = async (ctx: Ctx) => {
    const nowMs = ctx.now()
    const [at, before] = [new Date(nowMs).toISOString(), new Date(nowMs - dayMs).toISOString()]
    const due = await domainsToRecheck(ctx.db, { before, at, limit: batchMax })
    const recheckRest = async () => {
      for (let domain = due.pop(); domain !== undefined; domain = due.pop()) await recheck(ctx, options, { domain, at })
    }
    await Promise.all(Array.from({ length: atOnce }, recheckRest))
  }
  return onJob(options.job, run, { when: { everyMs: 60_000 }, timeoutMs: 120_000, attemptsMax: 1 })
}

async function recheck<Ctx extends RecheckContext>(
  ctx: Ctx,
  { job, onMissing, onLost }: RecheckOptions<Ctx>,
  { domain, at }: { domain: DomainRow; at: string },
): Promise<void> {
  const judged = judgeProof(domain.missing_since, await findProof(ctx.outbound, proofOf(domain)), at)
  if (judged.outcome === 'unchanged') return
  const isLost = judged.outcome === 'lost'
  const missingSince = judged.outcome === 'found-again' ? null : judged.missingSince
  await ctx.db.transaction(job.name, async tx => {
    if (!(await recordRecheck(tx, domain, { missingSince, isLost })) || missingSince === null) return
    await onMissing(ctx, tx, { domainId: domain.id, ownerId: domain.owner_id, missingSince, isLost })
  })
  if (isLost) onLost(ctx, domain.host)
}
