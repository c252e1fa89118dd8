/**
 * Vite plugin: replaces the `limits.ts` of every feature with its values, which come from the schemas of the contracts.
 */
import type { Plugin } from 'vite'

const isLimits = /\/src\/features\/[^/]+\/limits\.ts$/

export function limitsPlugin(): Plugin {
  return {
    name: 'octet-limits',
    enforce: 'pre',
    async load(id) {
      if (!isLimits.test(id)) return undefined
      const { limits } = (await import(id)) as { limits: object }
      return `export const limits = ${JSON.stringify(limits)}`
    },
  }
}
