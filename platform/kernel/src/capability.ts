/** A part that several modules have: its tables in the schema of each, its jobs, and what it owes to people. */
import type { Contract } from '@octet/contracts'
import type { Tx } from '@octet/db'
import type { ExportedFile, KeepsNothing, Privacy } from './privacy.ts'
import type { ModuleJob } from './work.ts'

export interface Capability<Ctx> {
  /** Names its migrations within the module's schema: `webhooks`. */
  readonly name: string
  /** Folder of migrations, applied after the module's own. */
  readonly migrations: URL
  /** The same for its tables as for the module's own; erased and exported after them. */
  readonly privacy: Privacy<Contract, Ctx>
  readonly jobs: readonly ModuleJob<Ctx>[]
}

/** What the module owes to people together with what its capabilities owe. */
export function withCapabilities<C extends Contract, Ctx>(
  own: Privacy<C, Ctx> | KeepsNothing,
  capabilities: readonly Capability<Ctx>[],
): Privacy<C, Ctx> | KeepsNothing {
  if (capabilities.length === 0) return own
  const parts = [
    ...('keepsNothing' in own ? [] : [own as Privacy<Contract, Ctx>]),
    ...capabilities.map(one => one.privacy),
  ]
  return {
    columns: Object.assign({}, ...parts.map(part => part.columns)),
    async *exportUser(ctx, userId): AsyncIterable<ExportedFile> {
      for (const part of parts) yield* part.exportUser(ctx, userId)
    },
    async eraseUser(ctx, tx, userId) {
      for (const part of parts) if ((await part.eraseUser(ctx, tx as unknown as Tx, userId)) === 'more') return 'more'
      return 'done'
    },
    async verifyErased(ctx, userId) {
      let rows = 0
      for (const part of parts) rows += await part.verifyErased(ctx, userId)
      return rows
    },
  }
}
