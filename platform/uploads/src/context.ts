/** What uploads need of their module, and what the module decides. */
import type { Limiter } from '@octet/cache'
import type { Principal, Problem, ProblemDetails } from '@octet/contracts'
import type { Db, Tx } from '@octet/db'
import type { Storage } from '@octet/storage'

/** What the module's context must have. */
export interface UploadContext {
  readonly actor: Principal
  readonly db: Db
  readonly now: () => number
  readonly storage: Storage
  readonly limiter: Limiter
}

export interface UploadLimits {
  /** One file at most. */
  readonly fileBytesMax: number
  /** One part at most; a killed process loses no more than this. */
  readonly partBytesMax: number
  /** All that one account keeps in the module, unfinished uploads included. */
  readonly accountBytesMax: number
  /** Unfinished uploads and unused files of one account. */
  readonly waitingMax: number
  /** Unfinished uploads are deleted after this. */
  readonly unfinishedMs: number
}

/** What an account keeps in the module besides its unfinished uploads. */
export interface Usage {
  readonly bytes: number
  /** Files that nothing uses yet; they count with the unfinished uploads. */
  readonly waiting: number
}

/** The object of the module that an upload is for; `null` in a module whose uploads are for none. */
export type Target = string | null

export interface Upload<T extends Target> {
  readonly id: string
  readonly ownerId: string
  readonly targetId: T
  readonly name: string
  readonly sizeBytes: number
}

/** An upload as its owner sees it; see `uploadProgress` in contracts. */
export interface UploadProgress<T extends Target> {
  readonly id: string
  readonly targetId: T
  readonly name: string
  readonly sizeBytes: number
  readonly offset: number
  readonly partBytesMax: number
  readonly expiresAt: string
}

export interface UploadsOptions<Ctx extends UploadContext, T extends Target, View, Result> {
  /** Name of the module; its routes and jobs begin with it. */
  readonly module: string
  /** `problemsOf(contract)` of a contract with these problems. */
  readonly problem: (key: 'too-many-files' | 'upload-offset', details?: ProblemDetails) => Problem
  readonly limits: UploadLimits
  /** The module's column in `uploads` for the target. It becomes null once the target is deleted (README). */
  readonly targetColumn: T extends string ? string : null
  /** The bytes and files of the owner that the module itself knows of. */
  readonly usageOf: (tx: Tx, ownerId: string) => Promise<Usage>
  /** Throws when the actor may not add to this upload any more. Asked before every part. */
  readonly checkAccess: (ctx: Ctx, upload: Upload<T>) => Promise<unknown>
  /**
   * Makes a whole upload a file of the module. `body` streams its parts in order; when it throws, the failure may be
   * temporary. May run again for the same upload, also in two processes at once, so its effects are keyed by the
   * upload's id, and it returns a file that exists already without reading `body`. A problem of status 415 refuses the
   * content: the parts are deleted. Other failures keep them.
   */
  readonly finish: (ctx: Ctx, upload: Upload<T>, body: AsyncIterable<Uint8Array>) => Promise<Result>
  /** The upload as the module's contract has it. */
  readonly show: (upload: UploadProgress<T>) => View
}
