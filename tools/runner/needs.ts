/** Programs that tests need beyond npm packages: found, installed where that is allowed, or reported as missing. */
import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)
const installTimeoutMs = 300_000

interface Need {
  /** The path; `undefined` when it is not installed. */
  readonly find: () => Promise<string | undefined>
  /** Its Debian packages, the preferred one first. */
  readonly packages: readonly string[]
  /** A test file needs it if its text contains one of these words. */
  readonly words: RegExp
  readonly missing: string
}

/** The headless shell has no windows, menus or profiles to set up: it starts and draws in half the time. */
const browsers = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome']

const chromium: Need = {
  find: async () => await findProgram(process.env.OCTET_CHROMIUM, ...browsers),
  packages: ['chromium-headless-shell', 'chromium'],
  words: /\b(needsBrowser|openBrowser)\b/,
  missing:
    'browser tests need Chromium (Debian: apt-get install chromium-headless-shell), or OCTET_CHROMIUM set to its path',
}

const redis: Need = {
  find: async () => await findProgram('redis-server'),
  packages: ['redis-server'],
  words: /\bstartRedis\b/,
  missing: 'tests of several processes with Redis need redis-server (Debian: apt-get install redis-server)',
}

const needs: readonly Need[] = [chromium, redis]

/** The browser for tests, if there is one. `OCTET_CHROMIUM` names another. */
export async function findChromium(): Promise<string | undefined> {
  return await chromium.find()
}

/**
 * Installs the missing programs that these test files need: as root on Debian, without recommended packages. Returns a
 * sentence for each program that is still missing.
 */
export async function ensureNeeds(texts: readonly string[], say: (line: string) => void): Promise<string[]> {
  const missing: string[] = []
  for (const need of needs) {
    if (!texts.some(text => need.words.test(text)) || (await need.find()) !== undefined) continue
    const problem = await install(need, say)
    if ((await need.find()) === undefined) missing.push(need.missing + (problem === undefined ? '' : ` (${problem})`))
  }
  return missing
}

/** Returns the reason if the installation failed. */
async function install(need: Need, say: (line: string) => void): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'only root can install it'
  if ((await findProgram('apt-get')) === undefined) return 'apt-get is not available to install it'
  const options = { timeout: installTimeoutMs, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  /** Returns the reason if it failed. */
  const apt = (...words: string[]) =>
    execute('apt-get', words, options).then(
      () => undefined,
      (error: Error) => `apt-get failed: ${error.message.split('\n')[0]}`,
    )
  say('Updating the list of Debian packages …')
  let problem = await apt('update')
  if (problem !== undefined) return problem
  for (const name of need.packages) {
    say(`Installing ${name} for the tests …`)
    problem = await apt('install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', name)
    if (problem === undefined) return undefined
  }
  return problem
}

/** The path of the first of these programs that can be run; each is a path or a name to look up in `PATH`. */
async function findProgram(...programs: (string | undefined)[]): Promise<string | undefined> {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const paths = programs.flatMap(program => {
    if (program === undefined) return []
    return program.includes('/') ? [program] : folders.map(folder => join(folder, program))
  })
  for (const path of paths) {
    const canRun = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (canRun) return path
  }
  return undefined
}
