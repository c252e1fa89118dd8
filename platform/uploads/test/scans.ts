/** A module that has uploads and nothing else, as a second user of the package would write it. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createLimiter } from '@octet/cache'
import {
  access,
  closed,
  defineContract,
  Id,
  type Output,
  operation,
  problemsOf,
  uploadInput,
  uploadOperationsOf,
  uploadProgress,
} from '@octet/contracts'
import { type Db, newId } from '@octet/db'
import { type Context, defineModule, type Floor, serviceRequest } from '@octet/kernel'
import { type Storage, within } from '@octet/storage'
import { type Test, type TestApp, testApp } from '@octet/testkit'
import type { UploadContext, UploadsOptions, Usage } from '../src/context.ts'
import { createReceiver } from '../src/receive.ts'
import { createUploadStore } from '../src/store.ts'
import { createUploads } from '../src/uploads.ts'

const Upload = closed({ id: Id, ...uploadProgress })
const write = access.user('scans:write')

export const scans = defineContract({
  name: 'scans',
  problems: {
    'too-many-files': { status: 409, title: 'You have reached the limit for files.' },
    'upload-offset': { status: 409, title: 'The upload is at another position; continue from there.' },
    'not-a-scan': { status: 415, title: 'This is not a scan.' },
  },
  operations: {
    createUpload: operation({
      summary: 'Begin an upload',
      http: 'POST /scans/uploads',
      status: 201,
      access: write,
      input: closed(uploadInput),
      output: Upload,
      problems: ['scans.too-many-files'],
      retry: 'never',
      timeoutMs: 5_000,
    }),
    ...uploadOperationsOf({ module: 'scans', upload: Upload, write }),
  },
  events: {},
})

export interface Scan {
  readonly id: string
  readonly sizeBytes: number
  readonly sha256: string
}

type ScansState = Pick<Floor, 'limiter'>
type ScansContext = Context<typeof scans, readonly [], ScansState>

/** What tests change and look at; {@link openScans} resets it. */
export const hooks = {
  /** Runs before the whole is stored, with what it is about to read. */
  onFinish: async (_body: AsyncIterable<Uint8Array>): Promise<void> => undefined,
  finishes: 0,
  accessChecks: 0,
  /** What an account keeps in the module. */
  kept: new Map<string, Usage>(),
}

const problem = problemsOf(scans)
export const limits = {
  fileBytesMax: 2_000_000,
  partBytesMax: 200_000,
  accountBytesMax: 3_000_000,
  waitingMax: 5,
  unfinishedMs: 24 * 60 * 60_000,
}

export const options: UploadsOptions<UploadContext, null, Output<typeof scans, 'getUpload'>, Scan> = {
  module: 'scans',
  problem,
  limits,
  targetColumn: null,
  usageOf: async (_tx, ownerId) => hooks.kept.get(ownerId) ?? { bytes: 0, waiting: 0 },
  checkAccess: async () => void hooks.accessChecks++,
  async finish({ storage }, { id, name }, body) {
    hooks.finishes++
    await hooks.onFinish(body)
    if (name.endsWith('.exe')) throw problem('not-a-scan')
    const { sizeBytes, sha256 } = await storage.put(`scans/${id}`, body, { sizeBytesMax: limits.fileBytesMax })
    return { id, sizeBytes, sha256 }
  },
  show: ({ targetId: _none, ...upload }) => upload,
}

const uploads = createUploads<ScansContext, null, Output<typeof scans, 'getUpload'>, Scan>(options)

export const scansModule = defineModule({
  contract: scans,
  calls: [],
  migrations: new URL('./no-migrations/', import.meta.url),
  privacy: { keepsNothing: 'only its uploads do' },
  capabilities: [uploads.capability],
  open: async ({ limiter }: Floor<typeof scans>): Promise<ScansState> => ({ limiter }),
  operations: {
    createUpload: (ctx, { name, sizeBytes }) => uploads.begin(ctx, { targetId: null, name, sizeBytes }),
    ...uploads.operations,
  },
  routes: routesOf => uploads.addRoutes(routesOf, write),
})

/** The module in a process of its own, without HTTP. */
export function receiver() {
  return createReceiver(options, createUploadStore<null>(null))
}

/** What a use case of the owner works with. */
export function contextFor(
  given: { readonly db: Db; readonly storage: Storage; readonly now?: () => number },
  userId: string,
): UploadContext {
  const { db, storage, now = Date.now } = given
  const actor = { kind: 'user', userId, sessionId: newId(), roles: ['user'], scopes: '*', provenAtMs: 0 } as const
  return { actor, db, now, limiter: createLimiter(), storage: within(storage, 'modules/scans') }
}

export async function openScans(t: Test) {
  Object.assign(hooks, { onFinish: async () => undefined, finishes: 0, accessChecks: 0, kept: new Map() })
  const app = await testApp(t, { modules: [scansModule] })
  const ownerId = newId()
  const ctx = contextFor({ db: app.db('scans'), storage: app.storage }, ownerId)
  return { app, ownerId, ctx, mine: app.client(scans, { token: app.as(ownerId) }) }
}

/** Runs the module's job now, as the worker would. */
export async function sweep(app: TestApp): Promise<void> {
  const job = scansModule.jobs?.find(each => each.job.name === 'scans.sweep-uploads')
  assert.ok(job !== undefined)
  const ctx = app.runtime.host.contextOf('scans', serviceRequest('scans', newId(), 30_000)) as never
  await job.run(ctx, {}, { id: newId(), attempt: 1, signal: new AbortController().signal })
}

/** Bytes whose every stretch is recognised. */
export function pattern(sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(sizeBytes)
  for (let at = 0; at + 4 <= sizeBytes; at += 4) bytes.writeUInt32BE(at, at)
  return bytes
}

export async function* chunked(bytes: Buffer, chunkBytes = 16_384): AsyncIterable<Buffer> {
  for (let at = 0; at < bytes.byteLength; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes)
}

export function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Keys in the module's storage. */
export async function keysOf(app: TestApp): Promise<string[]> {
  const { objects } = await app.storage.list('modules/scans/')
  return objects.map(({ key }) => key.slice('modules/scans/'.length))
}

/** Waits for a state, for at most a minute. */
export async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadlineMs = performance.now() + 60_000
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    assert.ok(performance.now() < deadlineMs, `not in time: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}
