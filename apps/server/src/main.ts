/** The first file: speaks at once, then loads the rest. */
import { createProgress } from './progress.ts'

const words = process.argv.slice(2)
const progress = createProgress()
const load = () => import('./command-line.ts')
const isStart = (words[0] ?? 'start') === 'start'
if (isStart) process.stdout.write('\n  Octet\n\n')
const { runCommandLine } = await (isStart ? progress.step('program', load) : load())
await runCommandLine(words, progress)
