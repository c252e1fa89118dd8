/**
 * What every module owes the people it keeps something of: to say what each column holds of them, to give it to them,
 * and to erase it. The floor asks for it by events, so it reaches modules in other processes too.
 */
import { type Contract, type EventSpec, identity, type userErased } from '@octet/contracts'
import { type Columns, countRemembered, type Db, forgetPerson, type Tx } from '@octet/db'
import type { Attempt, Jobs } from '@octet/jobs'
import type { Mailer } from '@octet/mail'
import type { Log } from '@octet/observe'
import type { Static } from 'typebox'
import { type ModuleJob, on, type Subscription } from './work.ts'

/** A file of a person's archive. */
export interface ExportedFile {
  /** Below the module's folder: `links.jsonl`, `photos/2026-11-21.jpg`. */
  readonly path: string
  /** One JSON line each. Never secrets such as password hashes: the archive may get into other hands. */
  readonly rows?: AsyncIterable<object> | Iterable<object>
  /** What was uploaded, as it was. */
  readonly body?: AsyncIterable<Uint8Array>
}

export interface Privacy<C extends Contract, Ctx> {
  /** Every column of every table of the module's migrations. The floor's own tables are its own business. */
  readonly columns: Columns
  /** All that the module keeps and that the person wrote or that is about them, in as many files as it likes. */
  exportUser(ctx: Ctx, userId: string): AsyncIterable<ExportedFile> | Iterable<ExportedFile>
  /**
   * One step of erasing, at most a few thousand rows; `more` asks for another step in another transaction. It must bear
   * repetition, and a person it has never heard of. Files are deleted here as well.
   */
  eraseUser(ctx: Ctx, tx: Tx<C>, userId: string): Promise<'more' | 'done'>
  /** How many rows (and files) still hold something of the person, retained columns left out. Must come to 0. */
  verifyErased(ctx: Ctx, userId: string): Promise<number>
}

/** For a module without tables of its own. */
export interface KeepsNothing {
  readonly keepsNothing: string
}

/** What a context needs for the floor's own work. */
export interface PrivacyContext {
  readonly db: Db
  readonly log: Log
  readonly jobs: Pick<Jobs, 'enqueue' | 'forget'>
  readonly mail: Pick<Mailer, 'forget'>
}

interface Erasing {
  readonly requestId: string
  readonly userId: string
}

/** A step that fails is tried again for as long as it takes: somebody has the right to it. */
const attemptsMax = 1_000_000
const erasingTimeoutMs = 60_000
const backoff = { firstMs: 500, maxMs: 5 * 60_000 }

/** The event handler and the job by which a module erases when it is asked to. */
export function privacyWork<C extends Contract, Ctx extends PrivacyContext>(
  name: string,
  privacy: Privacy<C, Ctx>,
): { listens: Subscription<Ctx>[]; jobs: ModuleJob<Ctx>[] } {
  const job = `${name}.erase-user`
  return {
    listens: [
      on(identity, 'user-erasing', async function eraseUser(ctx: Ctx, tx, request) {
        await ctx.jobs.enqueue(tx, job, { ...request }, { key: request.userId })
      }),
    ],
    jobs: [
      {
        name: job,
        attemptsMax,
        timeoutMs: erasingTimeoutMs,
        backoff,
        run: (ctx, payload, attempt) => eraseUser({ name, privacy, ctx, attempt }, payload as unknown as Erasing),
      },
    ],
  }
}

interface Erasure<C extends Contract, Ctx> {
  readonly name: string
  readonly privacy: Privacy<C, Ctx>
  readonly ctx: Ctx
  readonly attempt: Attempt
}

/** Erases step by step, looks whether anything is left, and only then acknowledges. */
async function eraseUser<C extends Contract, Ctx extends PrivacyContext>(
  { name, privacy, ctx, attempt }: Erasure<C, Ctx>,
  { requestId, userId }: Erasing,
): Promise<void> {
  for (let left: 'more' | 'done' = 'more'; left === 'more'; ) {
    attempt.signal.throwIfAborted()
    left = await ctx.db.transaction(`${name}.eraseUser`, async tx => {
      const state = await privacy.eraseUser(ctx, tx as Tx<C>, userId)
      if (state === 'more') return state
      await forgetPerson(tx, userId)
      await ctx.jobs.forget(tx, userId)
      await ctx.mail.forget(tx, userId)
      return state
    })
  }
  const rows = (await privacy.verifyErased(ctx, userId)) + (await countRemembered(ctx.db, userId))
  if (rows > 0) throw new Error(`${name} still holds ${rows} rows of a person it has erased`)
  await ctx.db.transaction(`${name}.acknowledgeErasure`, tx =>
    acknowledge(tx, 'user-erased', { requestId, module: name }),
  )
}

type Acknowledgement = Static<typeof userErased.data>

/** These events belong to the floor and not to the module's contract, so `publish` does not know their names. */
function acknowledge(tx: Tx, event: 'user-erased', data: Acknowledgement): Promise<void> {
  return (tx as Tx<Contract<string, never, Record<string, EventSpec>>>).publish(event, data)
}
