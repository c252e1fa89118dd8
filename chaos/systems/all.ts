/** Every system of the harness: each folder beside this file with a `system.ts`. */
import { globSync } from 'node:fs'
import type { ChaosSystem } from './system.ts'

const here = import.meta.dirname
const files = globSync('*/system.ts', { cwd: here }).sort()

/** In order of their folders' names. */
export const systems: readonly ChaosSystem[] = await Promise.all(
  files.map(async file => ((await import(new URL(file, import.meta.url).href)) as { system: ChaosSystem }).system),
)
