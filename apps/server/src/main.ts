/** The first file: speaks at once, then loads the rest, whose compiled form is kept for the next start. */
import { mkdirSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { createProgress } from './progress.ts'

function keepCompiled(): void {
  const dataDir = process.env.OCTET_DATA || '.octet'
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  } catch {
    // Whoever needs the folder says what is wrong with it.
    return
  }
  enableCompileCache(join(dataDir, 'compiled'))
}

const words = process.argv.slice(2)
const progress = createProgress()
const load = () => import('./command-line.ts')
const isStart = (words[0] ?? 'start') === 'start'
if (isStart) {
  process.stdout.write('\n  Octet\n\n')
  keepCompiled()
}
const { runCommandLine } = await (isStart ? progress.step('program', load) : load())
await runCommandLine(words, progress)
