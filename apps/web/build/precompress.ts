/**
 * Vite plugin: writes `.br` and `.gz` files beside every text asset, so that the server compresses nothing at run time.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

const isText = /\.(js|css|html|svg|json)$/
/** Below the size of one packet, compression saves nothing. */
const sizeBytesMin = 1_400

async function compressFile(path: string): Promise<void> {
  const body = await readFile(path)
  if (body.byteLength < sizeBytesMin) return
  const quality = { [constants.BROTLI_PARAM_QUALITY]: 10, [constants.BROTLI_PARAM_SIZE_HINT]: body.byteLength }
  await writeFile(`${path}.br`, brotliCompressSync(body, { params: quality }))
  // Node writes no timestamp into the header, so the same input gives the same bytes.
  await writeFile(`${path}.gz`, gzipSync(body, { level: 9 }))
}

export function precompressPlugin(): Plugin {
  let outDir = ''
  return {
    name: 'octet-precompress',
    apply: 'build',
    configResolved(config) {
      outDir = resolve(config.root, config.build.outDir)
    },
    // Unlike `closeBundle`, this is not called after a build that failed, whose error it would hide.
    async writeBundle() {
      const names = await readdir(outDir, { recursive: true })
      for (const name of names.filter(each => isText.test(each)).sort()) await compressFile(join(outDir, name))
    },
  }
}
