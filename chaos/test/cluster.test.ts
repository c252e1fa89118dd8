/** A cluster leaves nothing behind, even when its driver is killed. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access } from 'node:fs/promises'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { descendantsOf } from '@octet/testkit'

const driver = fileURLToPath(new URL('./cluster-driver.ts', import.meta.url))
const isLinux = process.platform === 'linux'

test('when the driver is killed, its servers, PostgreSQL and files disappear', {
  skip: isLinux ? false : 'looks into /proc',
}, async t => {
  const child = spawn(process.execPath, [driver], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const { dir } = JSON.parse(line.toString()) as { dir: string }
  const family = await descendantsOf(child.pid ?? 0)
  assert.ok(family.length >= 6, 'its own process, PostgreSQL and its children, the server')
  await access(dir)
  child.kill('SIGKILL')
  const deadlineMs = performance.now() + 30_000
  const isThere = () =>
    access(dir).then(
      () => true,
      () => false,
    )
  while (family.some(isAlive) || (await isThere())) {
    assert.ok(performance.now() < deadlineMs, `still there: ${family.filter(isAlive)}`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
