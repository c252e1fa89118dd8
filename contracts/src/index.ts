/**
 * The vocabulary of contracts. The contract of a module is at `@octet/contracts/<module>`; the list of all contracts is
 * at `@octet/contracts/all`.
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
export * from './uploads.ts'
export * from './webhooks.ts'
