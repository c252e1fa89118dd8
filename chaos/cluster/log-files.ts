/** A server's log including its rotated files: `octet.log.4` … `octet.log.1`, `octet.log`. */
import { readFile } from 'node:fs/promises'

const olderMax = 4

/** The whole log, oldest line first; empty for a server that never wrote one. */
export async function readLogFiles(path: string): Promise<string> {
  const names = [...Array.from({ length: olderMax }, (_, index) => `${path}.${olderMax - index}`), path]
  const texts = await Promise.all(names.map(name => readFile(name, 'utf8').catch(() => '')))
  return texts.join('')
}
