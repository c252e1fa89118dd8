/**
 * The vocabulary of contracts. What a module promises is at `@octet/contracts/<module>`; the list of all modules is at
 * `@octet/contracts/all`.
 */
export * from './define.ts'
export * from './principal.ts'
export { answers, userErased, userExported } from './privacy.ts'
export * from './problem.ts'
export * from './realtime.ts'
export * from './request.ts'
export { grantableScopes } from './scopes.ts'
