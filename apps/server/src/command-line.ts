/** The command line: `start` (default), `config`, `migrate up|down|status`. */
import { type Config, ConfigError, describeConfig, readConfig } from '@octet/config'
import { whenNpmEnds } from '@octet/runtime/npm-parent'
import { readEnvironment } from './environment.ts'
import { migrateCommand } from './migrate-command.ts'
import type { Progress } from './progress.ts'
import { type Server, startServer } from './server.ts'
import { settingsGroups } from './settings.ts'

const exitDeadlineMs = 9_500

async function start(config: Config, progress: Progress): Promise<void> {
  const aborting = new AbortController()
  const starting = startServer(config, { progress, signal: aborting.signal })
  let server: Server | undefined
  let signals = 0
  const stop = (cause: string) => {
    if (++signals > 1) process.exit(1)
    process.stdout.write(`\n  ${cause}: finishing requests (once more to stop at once) …\n`)
    setTimeout(() => process.exit(1), exitDeadlineMs).unref()
    aborting.abort()
    starting
      .then(started => started.stop())
      .then(() => process.exit(0))
      .catch(error => fail(error))
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  whenNpmEnds(['start', 'dev'], () => stop('npm ended'))
  server = await starting
  // Since the process began, as a waiting user counts it.
  const seconds = (performance.now() / 1000).toFixed(1)
  process.stdout.write(`\n  Ready in ${seconds} s → ${server.origin}\n`)
  process.stdout.write(`  API documentation → ${server.origin}/docs\n`)
  if (server.setupUrl !== undefined) {
    process.stdout.write(`\n  Open this link once to become its administrator (30 minutes):\n  ${server.setupUrl}\n`)
  }
  process.stdout.write('\n')
  const reason = await server.lost
  process.stderr.write(`\n  PostgreSQL is gone: ${reason}\n  Stopping; the next start recovers.\n`)
  setTimeout(() => process.exit(1), exitDeadlineMs).unref()
  await server.stop().catch(() => undefined)
  process.exit(1)
}

function fail(error: unknown): never {
  if (error instanceof ConfigError) {
    process.stderr.write(
      `\n  Octet does not start with this configuration:\n${error.mistakes.map(line => `    ${line}\n`).join('')}\n`,
    )
  } else {
    process.stderr.write(`\n  ${error instanceof Error ? error.message.replaceAll('\n', '\n  ') : String(error)}\n\n`)
    if (process.env.OCTET_LOG === 'debug' && error instanceof Error) process.stderr.write(`${error.stack}\n`)
  }
  process.exit(1)
}

async function obey(words: readonly string[], progress: Progress): Promise<void> {
  const [command = 'start', ...rest] = words
  const inForce = readEnvironment()
  const config = readConfig(inForce.environment, settingsGroups)
  if (command === 'start') await start(config, progress)
  else if (command === 'migrate') await migrateCommand(config, rest)
  else if (command === 'config') process.stdout.write(describeConfig(settingsGroups, inForce))
  else
    throw new Error(`unknown command "${command}"; known: start, config, migrate up | down <module> [steps] | status`)
}

/** Does what the words of the command line ask for; ends the process when it cannot. */
export function runCommandLine(words: readonly string[], progress: Progress): Promise<void> {
  return obey(words, progress).catch(fail)
}
