/** Uploads of one module, put together: its operations, routes, job and tables, and how one begins. */
import { type Access, requireUser } from '@octet/contracts'
import { each, newId } from '@octet/db'
import { job } from '@octet/jobs'
import { type Capability, onJob } from '@octet/kernel'
import type { Target, UploadContext, UploadsOptions } from './context.ts'
import { createQuota, type Reserve } from './quota.ts'
import { createReceiver } from './receive.ts'
import { removeUpload } from './remove.ts'
import { addPartRoutes, type ByteRoutes } from './routes.ts'
import { fileName, progressOf } from './rules.ts'
import * as store from './store.ts'

const sweptPerRun = 20
const erasedPerStep = 100

interface NewUpload<T extends Target> {
  readonly targetId: T
  readonly name: string
  readonly sizeBytes: number
}

type OfUpload = { readonly id: string }

export interface Uploads<Ctx, T extends Target, View> {
  /** Use cases of the operations that `uploadOperationsOf` (contracts) declares. */
  readonly operations: {
    getUpload(ctx: Ctx, input: OfUpload): Promise<View>
    deleteUpload(ctx: Ctx, input: OfUpload): Promise<object>
  }
  /** Tables, job and what is owed to people: for `defineModule`. */
  readonly capability: Capability<Ctx>
  /** Begins an upload of the actor, who may upload there. Throws `payload-too-large`, `too-many-files`. */
  begin(ctx: Ctx, upload: NewUpload<T>): Promise<View>
  /** For files that arrive in one piece. */
  readonly reserve: Reserve
  /** Registers the routes of the parts: for the module's `routes`. */
  addRoutes(routes: ByteRoutes<Ctx>, access: Access): void
}

/** The uploads of a module. `Result` is what a whole upload becomes, `View` is what its contract shows of one. */
export function createUploads<Ctx extends UploadContext, T extends Target, View, Result>(
  options: UploadsOptions<Ctx, T, View, Result>,
): Uploads<Ctx, T, View> {
  const { module, limits, show } = options
  const uploadStore = store.createUploadStore<T>(options.targetColumn)
  const reserve = createQuota(options)
  const receiver = createReceiver(options, uploadStore)
  return {
    operations: {
      getUpload: async (ctx, { id }) => show(progressOf(await receiver.access(ctx, id), limits)),
      async deleteUpload(ctx, { id }) {
        if (await store.hasUpload(ctx.db, id, requireUser(ctx.actor).userId)) await removeUpload(ctx, id)
        return {}
      },
    },
    capability: capabilityOf(options, uploadStore),
    async begin(ctx, { targetId, name, sizeBytes }) {
      const { userId: ownerId } = requireUser(ctx.actor)
      const at = new Date(ctx.now()).toISOString()
      const row = await ctx.db.transaction(`${module}.createUpload`, async tx => {
        await reserve(tx, ownerId, sizeBytes)
        return uploadStore.insert(tx, { id: newId(), targetId, ownerId, name: fileName(name), sizeBytes, at })
      })
      return show(progressOf(row, limits))
    },
    reserve,
    addRoutes: (routes, access) => addPartRoutes(routes, options, { receiver, access }),
  }
}

function capabilityOf<Ctx extends UploadContext, T extends Target, View, Result>(
  { module, limits, targetColumn }: UploadsOptions<Ctx, T, View, Result>,
  uploadStore: store.UploadStore<T>,
): Capability<Ctx> {
  /** Deletes unfinished uploads after their time, and those without a target at once. */
  async function sweepUploads(ctx: Ctx): Promise<void> {
    const olderThan = new Date(ctx.now() - limits.unfinishedMs).toISOString()
    const failures: unknown[] = []
    for (const id of await uploadStore.listAbandoned(ctx.db, olderThan, sweptPerRun)) {
      await removeUpload(ctx, id).catch(error => failures.push(error))
    }
    // Only now: one damaged object must not keep the bytes of the uploads after it.
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} uploads could not be swept`)
  }
  const sweep = { when: { everyMs: 30_000 }, timeoutMs: 60_000, attemptsMax: 1 }
  return {
    name: 'uploads',
    migrations: new URL('../migrations/', import.meta.url),
    privacy: {
      columns: {
        uploads: {
          ...each('delete', 'id', 'owner_id', 'name', 'size_bytes', 'arrived', 'created_at'),
          ...(targetColumn === null ? {} : each('delete', targetColumn)),
        },
        upload_parts: each('delete', 'upload_id', 'starts_at', 'part_id', 'size_bytes'),
      },
      /** An unfinished upload is not a file yet; it is deleted within a day. */
      exportUser: () => [],
      async eraseUser({ storage }, tx, userId) {
        const ids = await store.uploadsOf(tx, userId, erasedPerStep)
        for (const id of ids) await removeUpload({ storage, db: tx }, id)
        return ids.length === erasedPerStep ? 'more' : 'done'
      },
      verifyErased: async ({ db }, userId) => (await store.usageOf(db, userId)).waiting,
    },
    jobs: [onJob(job(`${module}.sweep-uploads`), sweepUploads, sweep)],
  }
}
