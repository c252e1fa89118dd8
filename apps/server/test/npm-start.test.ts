/** `npm start` under a supervisor, which sends signals to npm alone. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { devNull, tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { descendantsOf, freePort, testDatabase } from '@octet/testkit'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const goneMs = 20_000
const isLinux = process.platform === 'linux'

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`${signal} to npm stops the server that npm started`, {
    skip: isLinux ? false : 'NOT CHECKED: looks for processes in /proc',
  }, async t => {
    const data = await mkdtemp(join(tmpdir(), 'octet-npm-'))
    const port = await freePort()
    let family: number[] = []
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('OCTET_'))
    const environment = {
      OCTET_DATA: data,
      OCTET_ENV_FILE: devNull,
      OCTET_WEB: '0',
      OCTET_DEMO: '0',
      PORT: String(port),
    }
    const DATABASE_URL = await testDatabase(t, [])
    const npm = spawn('npm', ['start'], {
      cwd: root,
      env: { ...Object.fromEntries(inherited), ...environment, DATABASE_URL },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    t.after(async () => {
      const left = [npm.pid!, ...(await descendantsOf(npm.pid!)), ...family]
      for (const pid of await living(left)) process.kill(pid, 'SIGKILL')
      await rm(data, { recursive: true })
    })
    await untilReady(port, npm)
    family = await descendantsOf(npm.pid!)
    assert.ok(family.length > 0)

    npm.kill(signal)
    const deadline = performance.now() + goneMs
    while ((await living(family)).length > 0 && performance.now() < deadline) await delay(50)
    assert.deepEqual(await living(family), [])
    const next = await fetch(`http://127.0.0.1:${port}/health/live`).catch(() => undefined)
    assert.equal(next, undefined, 'the port is free')
  })
}

async function untilReady(port: number, npm: ChildProcess): Promise<void> {
  for (;;) {
    assert.equal(npm.exitCode ?? npm.signalCode, null, 'npm start ended')
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined)
    await answer?.body?.cancel()
    if (answer?.status === 200) return
    await delay(50)
  }
}

async function living(pids: readonly number[]): Promise<number[]> {
  const alive = await Promise.all(pids.map(isAlive))
  return pids.filter((_, index) => alive[index])
}

/** Zombies are gone: only their exit status is left. */
async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return /^\d+ \(.*\) [^ZX] /s.test(stat)
}
