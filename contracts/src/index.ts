/**
 * The vocabulary of contracts. What a module promises is at `@octet/contracts/<module>`; the list of all modules is at
 * `@octet/contracts/all`.
 */
export * from './access.ts'
export * from './curl.ts'
export * from './define.ts'
export * from './example.ts'
export * from './principal.ts'
export * from './privacy.ts'
export * from './problem.ts'
export * from './realtime.ts'
export * from './request.ts'
export { grantableScopes } from './scopes.ts'
export * from './webhooks.ts'
