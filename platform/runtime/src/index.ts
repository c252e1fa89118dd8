export { migrationsOf, openRuntime, type Runtime, type RuntimeOptions } from './runtime.ts'
