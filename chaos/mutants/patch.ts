/** A change of the server's source while it loads: product code contains no switches for tests. */

export interface Patch {
  /** The path of the file from the root. */
  readonly file: string
  /** Occurs exactly once in the file; otherwise the server does not start. */
  readonly find: string
  readonly replace: string
}

/** The line that `hooks.ts` prints for an applied patch. */
export function patchedLine({ file, find }: Patch): string {
  return `chaos: patched ${file} at "${find.slice(0, 30)}"`
}

/** How a server starts with these patches. Without any it runs its bundle; a mutant runs the patched sources. */
export function mutantOf(patches: readonly Patch[]) {
  if (patches.length === 0) return { nodeOptions: [], args: [], environment: {} }
  const hooks = new URL('./hooks.ts', import.meta.url).href
  return {
    nodeOptions: ['--import', hooks],
    args: ['--source'],
    environment: { CHAOS_PATCHES: JSON.stringify(patches) } as Record<string, string>,
  }
}
