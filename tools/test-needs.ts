/** What tests need beyond npm packages: found, else installed where that is allowed, else said loudly. */
import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { promisify } from 'node:util'

const execute = promisify(execFile)
const installTimeoutMs = 300_000
const chromiumPaths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The browser for tests, when there is one. `OCTET_CHROMIUM` names another. */
export async function findChromium(): Promise<string | undefined> {
  for (const path of [process.env.OCTET_CHROMIUM, ...chromiumPaths]) {
    if (path === undefined) continue
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (isThere) return path
  }
  return undefined
}

/** Installs Chromium where it is missing and may be installed. Returns why browser tests are skipped, if they are. */
export async function ensureChromium(): Promise<string | undefined> {
  if ((await findChromium()) !== undefined) return undefined
  const how = 'browser tests; install Chromium (Debian: apt-get install chromium) or set OCTET_CHROMIUM to its path'
  if (process.getuid?.() !== 0) return how
  try {
    process.stdout.write('Installing Chromium for the browser tests …\n')
    const options = { timeout: installTimeoutMs, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
    await execute('apt-get', ['update'], options)
    await execute('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], options)
  } catch (error) {
    return `${how} (apt-get failed: ${(error as Error).message.split('\n')[0]})`
  }
  return (await findChromium()) === undefined ? how : undefined
}
