/** What happens around every operation, wherever the caller is: access, input, deadline, output, one kind of error. */
import { authorize, commonProblem, type Principal, Problem } from '@octet/contracts'
import { isUnstorableText, outageDetail, outageOf, type Turn } from '@octet/db'
import type { Span, TraceParent } from '@octet/observe'
import { type CompiledOperation, checkInput, checkOutput } from './operation.ts'

/** What travels with a request from module to module, in process and across processes alike. */
export interface RequestInfo {
  readonly actor: Principal
  /** The module that calls; absent when the request came from outside. */
  readonly caller?: string
  readonly requestId: string
  /** Unix time in milliseconds after which the caller no longer waits for the answer. */
  readonly deadlineMs: number
  /** The span this request is part of: of this process, or the caller's from its header. */
  readonly span?: Span | TraceParent
  readonly idempotencyKey?: string
  readonly ifMatch?: number
  /** A numbered send over the socket, carried out in its turn. */
  readonly turn?: Turn
  /** Where a request from outside came from; absent for events, jobs and seeds. */
  readonly client?: Client
}

/** What the network says about a caller; only the address was checked by anyone. */
export interface Client {
  /** The peer's, or the client's behind trusted proxies. */
  readonly address: string
  /** As sent; may hold anything a header may. */
  readonly userAgent: string
}

export type Handler = (request: RequestInfo, input: unknown) => Promise<unknown>

/**
 * Runs an operation for a request. Throws only {@link Problem}: expected ones as they are, a broken database connection
 * or disk as `unavailable`, time out as `deadline-exceeded`, everything else as `internal` with the cause attached.
 */
export async function invoke(
  operation: CompiledOperation,
  handler: Handler,
  request: RequestInfo,
  input: unknown,
): Promise<unknown> {
  authorize(operation.spec.access, request.actor, request.caller)
  checkInput(operation, input)
  const startedMs = Date.now()
  const deadlineMs = Math.min(request.deadlineMs, startedMs + operation.spec.timeoutMs)
  if (deadlineMs <= startedMs) throw commonProblem('deadline-exceeded', { executed: 'no' })
  try {
    const bounded = deadlineMs === request.deadlineMs ? request : { ...request, deadlineMs }
    const output = await within(deadlineMs - startedMs, handler(bounded, input))
    checkOutput(operation, output)
    return output
  } catch (error) {
    throw asProblem(error)
  }
}

/** Settles like `work`, or throws `deadline-exceeded` after `timeoutMs`. The work itself is not stopped. */
export function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(commonProblem('deadline-exceeded', { executed: 'maybe' })), timeoutMs)
    work.then(
      value => {
        clearTimeout(timer)
        resolve(value)
      },
      error => {
        clearTimeout(timer)
        reject(error)
      },
    )
  })
}

/** The problem the public may see for any error. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  const outage = outageOf(error)
  if (outage !== undefined) {
    return commonProblem('unavailable', { detail: outageDetail(outage), executed: 'maybe', cause: error })
  }
  const failure = diskFailureOf(error)
  if (failure !== undefined) return commonProblem('unavailable', { detail: failure, executed: 'maybe', cause: error })
  if (isUnstorableText(error)) {
    return commonProblem('validation-failed', { detail: 'A text contains a NUL character or half a character.' })
  }
  return commonProblem('internal', { cause: error })
}

/** Codes of a machine that has no room, no descriptors or a broken disk: not ours to mend, and it may pass. */
const diskFailures: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full.',
  EDQUOT: 'The disk is full.',
  EFBIG: 'The disk takes no file of that size.',
  EIO: 'The disk failed.',
  EROFS: 'The disk can only be read.',
  EMFILE: 'Too many files are open.',
  ENFILE: 'Too many files are open.',
}

function diskFailureOf(error: unknown): string | undefined {
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException
  return syscall !== undefined && code !== undefined ? diskFailures[code] : undefined
}
