/** A server's log with what was moved aside when it was full: `octet.log.4` … `octet.log.1`, `octet.log`. */
import { readFile } from 'node:fs/promises'

const olderMax = 4

/** All of it, the oldest first; nothing of a server that never wrote. */
export async function readLogFiles(path: string): Promise<string> {
  const names = [...Array.from({ length: olderMax }, (_, index) => `${path}.${olderMax - index}`), path]
  const texts = await Promise.all(names.map(name => readFile(name, 'utf8').catch(() => '')))
  return texts.join('')
}
