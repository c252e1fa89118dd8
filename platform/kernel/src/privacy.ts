/**
 * What every module owes the people it keeps something of: to say what each column holds of them, to give it to them,
 * and to erase it. The floor asks for it by events, so it reaches modules in other processes too.
 */
import { type answers, type Contract, type EventSpec, privacyRequests } from '@octet/contracts'
import { type Columns, countRemembered, type Db, forgetPerson, type Tx } from '@octet/db'
import { type Attempt, type Jobs, job } from '@octet/jobs'
import type { Mailer } from '@octet/mail'
import type { Log } from '@octet/observe'
import type { Storage } from '@octet/storage'
import type { Static } from 'typebox'
import { type ModuleJob, on, onJob, type Subscription } from './work.ts'

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
   * One step of erasing, at most a few thousand rows; `more` asks for another step in another transaction. It must be
   * idempotent and accept unknown users. Deletes files as well.
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
  readonly archives: Storage
}

/** What is asked of every module about a person. */
interface Asked {
  readonly requestId: string
  readonly userId: string
}

/** A failing step is retried for as long as it takes: the person has a right to it. */
const attemptsMax = 1_000_000
const erasingTimeoutMs = 60_000
const exportAttemptsMax = 10
const exportTimeoutMs = 10 * 60_000
const partBytesMax = 4 * 1024 ** 3
const filesMax = 100_000
/** Rows gather to pieces of about this size before they are written. */
const pieceChars = 64 * 1024
const backoff = { firstMs: 500, maxMs: 5 * 60_000 }

/** The event handler and the job by which a module erases when it is asked to. */
export function privacyWork<C extends Contract, Ctx extends PrivacyContext>(
  name: string,
  privacy: Privacy<C, Ctx>,
): { listens: Subscription<Ctx>[]; jobs: ModuleJob<Ctx>[] } {
  const eraseJob = job(`${name}.erase-user`, privacyRequests.events['user-erasing'].data)
  const exportJob = job(`${name}.export-user`, privacyRequests.events['export-requested'].data)
  return {
    listens: [
      on(privacyRequests, 'user-erasing', async function eraseUser(ctx: Ctx, tx, request) {
        await ctx.jobs.enqueue(tx, eraseJob, request, { key: request.userId })
      }),
      on(privacyRequests, 'export-requested', async function exportUser(ctx: Ctx, tx, request) {
        await ctx.jobs.enqueue(tx, exportJob, request, { key: request.requestId })
      }),
    ],
    jobs: [
      onJob(eraseJob, (ctx: Ctx, asked, attempt) => eraseUser({ name, privacy, ctx, attempt }, asked), {
        attemptsMax,
        timeoutMs: erasingTimeoutMs,
        backoff,
      }),
      onJob(exportJob, (ctx: Ctx, asked, attempt) => exportUser({ name, privacy, ctx, attempt }, asked), {
        attemptsMax: exportAttemptsMax,
        timeoutMs: exportTimeoutMs,
      }),
    ],
  }
}

interface Work<C extends Contract, Ctx> {
  readonly name: string
  readonly privacy: Privacy<C, Ctx>
  readonly ctx: Ctx
  readonly attempt: Attempt
}

/** Erases step by step, looks whether anything is left, and only then acknowledges. */
async function eraseUser<C extends Contract, Ctx extends PrivacyContext>(
  { name, privacy, ctx, attempt }: Work<C, Ctx>,
  { requestId, userId }: Asked,
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

/** Writes the module's part of the export, the whole part again on a retry, and reports that it is complete. */
async function exportUser<C extends Contract, Ctx extends PrivacyContext>(
  { name, privacy, ctx, attempt }: Work<C, Ctx>,
  { requestId, userId }: Asked,
): Promise<void> {
  const folder = `${requestId}/${name}/`
  await deleteAll(ctx.archives, folder)
  let files = 0
  for await (const { path, rows, body } of privacy.exportUser(ctx, userId)) {
    files++
    if (files > filesMax) throw new Error(`${name} exports more than ${filesMax} files`)
    const content = body ?? linesOf(rows ?? [])
    await ctx.archives.put(folder + String(files).padStart(6, '0'), content, {
      sizeBytesMax: partBytesMax,
      metadata: { path: `${name}/${path}`, kind: body === undefined ? 'rows' : 'file' },
      signal: attempt.signal,
    })
  }
  const answer = { requestId, module: name }
  await ctx.db.transaction(`${name}.acknowledgeExport`, tx => acknowledge(tx, 'user-exported', answer))
}

async function deleteAll(storage: Storage, prefix: string): Promise<void> {
  for (let { objects } = await storage.list(prefix); objects.length > 0; { objects } = await storage.list(prefix)) {
    for (const { key } of objects) await storage.delete(key)
  }
}

async function* linesOf(rows: AsyncIterable<object> | Iterable<object>): AsyncIterable<Buffer> {
  let piece = ''
  for await (const row of rows) {
    piece += `${JSON.stringify(row)}\n`
    if (piece.length < pieceChars) continue
    yield Buffer.from(piece)
    piece = ''
  }
  if (piece !== '') yield Buffer.from(piece)
}

/** These events belong to the floor and not to the module's contract, so `publish` does not know their names. */
function acknowledge<K extends keyof typeof answers>(
  tx: Tx,
  event: K,
  data: Static<(typeof answers)[K]['data']>,
): Promise<void> {
  return (tx as Tx<Contract<string, never, Record<string, EventSpec>>>).publish(event, data)
}
