/** How one module calls another: the same typed client whether the other lives in this process or not. */
import { type CallOptions, type ClientOf, type Contract, commonProblem } from '@octet/contracts'
import { transactionInProgress } from '@octet/db'
import { type Handler, invoke, type RequestInfo } from './invoke.ts'
import { jsonCopy } from './json-copy.ts'
import { type CompiledOperation, operationsOf } from './operation.ts'

/** Carries one call to wherever the operation is served. Throws only Problems. */
export type Transport = (operation: CompiledOperation, request: RequestInfo, input: unknown) => Promise<unknown>

/** Looks up the handler of an operation served in this process. */
export type Handlers = (operation: CompiledOperation) => Handler | undefined

/**
 * Calls within the process. Values are copied in both directions, so no caller can change the callee's state, and
 * values that would not survive the wire do not survive here either.
 */
export function localTransport(handlers: Handlers): Transport {
  return async (operation, request, input) => {
    const handler = handlers(operation)
    if (handler === undefined) {
      throw commonProblem('unavailable', { detail: `${operation.fullName} is not served here.`, executed: 'no' })
    }
    return jsonCopy(await invoke(operation, handler, request, jsonCopy(input)))
  }
}

/**
 * A client of `contract` for the request being served. Every call inherits its deadline, actor and request id.
 * Throws when made inside a database transaction: the transaction would hold its locks for as long as another
 * module, or another machine, takes to answer.
 */
export function clientOf<C extends Contract>(contract: C, transport: Transport, request: RequestInfo): ClientOf<C> {
  const client: Record<string, unknown> = {}
  for (const operation of operationsOf(contract).values()) {
    if (operation.spec.handledBy === 'module') continue
    client[operation.name] = (input: unknown, options: CallOptions = {}) => {
      const transaction = transactionInProgress()
      if (transaction !== undefined) {
        throw new Error(`${operation.fullName} was called inside transaction "${transaction}"; call before or after it`)
      }
      const { idempotencyKey, ifMatch } = options
      return transport(operation, { ...request, idempotencyKey, ifMatch }, input)
    }
  }
  return client as ClientOf<C>
}
