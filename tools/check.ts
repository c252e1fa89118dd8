/**
 * `npm run check [-- tidy types …]`: runs every script of package.json named `check:…`, two at a time, and continues
 * after failures.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

interface Step {
  readonly name: string
  readonly command: string
}

interface Outcome {
  readonly step: Step
  readonly passed: boolean
  readonly durationMs: number
  readonly output: string
}

/** The number of cores of the smallest supported machine. */
const stepsAtOnce = 2
/** Ends a step that hangs. A busy machine may slow a step down by a factor of ten. */
const stepTimeoutMs = 900_000
const outputCharactersMax = 200_000
/** How many lines of a failed step are shown; its own script shows all. */
const linesShownMax = 20

const isWindows = process.platform === 'win32'

/** Where npm runs scripts: the folder of package.json. */
const root = process.cwd()
const startedAt = performance.now()
const steps = stepsOf(readFileSync(join(root, 'package.json'), 'utf8'), process.argv.slice(2))
const outcomes: Outcome[] = []
const running = new Set<ChildProcess>()
process.on('exit', () => running.forEach(killGroup))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1))
await Promise.all(Array.from({ length: stepsAtOnce }, work))
for (const outcome of outcomes) if (!outcome.passed) showFailure(outcome)
const failed = outcomes.filter(({ passed }) => !passed).map(({ step }) => step.name)
const verdict = failed.length === 0 ? 'all passed' : `${failed.length} failed: ${failed.join(', ')}`
console.log(`\ncheck: ${outcomes.length} steps, ${verdict}, ${seconds(performance.now() - startedAt)}`)
process.exitCode = failed.length === 0 ? 0 : 1

/** The named steps, or all. */
function stepsOf(manifest: string, wanted: readonly string[]): Step[] {
  const { scripts } = JSON.parse(manifest) as { scripts: Record<string, string> }
  const all = Object.entries(scripts)
    .filter(([name]) => name.startsWith('check:'))
    .map(([name, command]) => ({ name: name.slice('check:'.length), command }))
  const unknown = wanted.filter(name => !all.some(step => step.name === name))
  if (unknown.length > 0) throw new Error(`no such check: ${unknown.join(', ')}`)
  return wanted.length === 0 ? all : all.filter(({ name }) => wanted.includes(name))
}

/** Takes steps from the list until it is empty. */
async function work(): Promise<void> {
  for (let step = steps.shift(); step !== undefined; step = steps.shift()) {
    const outcome = await run(step)
    outcomes.push(outcome)
    const lastLine = outcome.passed ? (outcome.output.trim().split('\n').at(-1) ?? '') : ''
    const columns = [outcome.passed ? '✓' : '✗', step.name.padEnd(12), seconds(outcome.durationMs), lastLine]
    console.log(columns.join('  ').trimEnd())
  }
}

function run(step: Step): Promise<Outcome> {
  return new Promise(resolve => {
    const stepStartedAt = performance.now()
    const path = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter)
    const env = { ...process.env, PATH: path, NO_COLOR: '1' }
    // A separate process group: at the limit, killing only the shell would leave its children running.
    const child = spawn(step.command, { cwd: root, env, shell: true, stdio: 'pipe', detached: !isWindows })
    running.add(child)
    const timer = setTimeout(() => killGroup(child), stepTimeoutMs)
    let output = ''
    const collect = (chunk: Buffer) => {
      if (output.length < outputCharactersMax) output += chunk
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.on('error', error => collect(Buffer.from(error.message)))
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      running.delete(child)
      if (signal !== null) output += `\nstopped by ${signal} (a step may take ${seconds(stepTimeoutMs)})`
      resolve({ step, passed: code === 0, durationMs: performance.now() - stepStartedAt, output })
    })
  })
}

function killGroup({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(isWindows ? pid : -pid, 'SIGKILL')
}

function showFailure({ step, output }: Outcome): void {
  const lines = output.trim().split('\n')
  console.log(`\n── ${step.name}: ${step.command}`)
  console.log(lines.slice(0, linesShownMax).join('\n'))
  const hidden = lines.length - linesShownMax
  if (hidden > 0) console.log(`… ${hidden} lines more: npm run check:${step.name}`)
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`
}
