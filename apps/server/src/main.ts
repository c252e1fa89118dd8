/** The first file: speaks at once, then loads the rest. With `--source` it loads the sources instead of the bundle. */
import { loadProgram } from './program.ts'
import { createProgress } from './progress.ts'

const words = process.argv.slice(2).filter(word => word !== '--source')
// Coverage counts lines of the sources.
const isSource = process.argv.includes('--source') || process.env.NODE_V8_COVERAGE !== undefined
const progress = createProgress()
const isStart = (words[0] ?? 'start') === 'start'
const load = () => (isSource ? import('./command-line.ts') : loadProgram({ mayBuild: isStart }))
if (isStart) process.stdout.write('\n  Octet\n\n')
const { runCommandLine } = await (isStart ? progress.step('program', load) : load())
await runCommandLine(words, progress)
