/** A change of one place in the server's source, made while it loads: product code carries no switches for tests. */

export interface Patch {
  /** End of the file's path. */
  readonly file: string
  /** Stands in the file exactly once; the server does not start when it is gone. */
  readonly find: string
  readonly replace: string
}

/** What `hooks.ts` prints for a patch that was made. */
export function patchedLine({ file, find }: Patch): string {
  return `chaos: patched ${file} at "${find.slice(0, 30)}"`
}
