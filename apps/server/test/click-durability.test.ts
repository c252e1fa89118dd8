/** An answered click is a counted click, whatever happens: the short form of `npm run lab -- click-counter`. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Link } from '@octet/contracts/links'
import { signUp } from '@octet/identity/testing'
import { countedClicks, createLinks } from '@octet/links/testing'
import { migrationsOf } from '@octet/runtime'
import {
  defer,
  getRequest,
  judgeCounts,
  type KillVerdict,
  killUnderLoad,
  startServerProcess,
  type Test,
  testDatabase,
} from '@octet/testkit'
import { modules } from '../src/modules.ts'

const connections = 24
const honest = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const lying = fileURLToPath(new URL('./answers-before-writing-child.ts', import.meta.url))

async function killRounds(t: Test, { program, rounds }: { program: string; rounds: number }): Promise<KillVerdict> {
  const dataDir = await mkdtemp(join(tmpdir(), 'octet-kill-'))
  defer(t, () => rm(dataDir, { recursive: true, force: true }))
  const environment = {
    DATABASE_URL: await testDatabase(t, migrationsOf(modules)),
    OCTET_DATA: dataDir,
    OCTET_WEB: '0',
    OCTET_DEMO: '0',
    OCTET_LOG: 'warn',
    OCTET_LIMITS_SCALE: '1000',
  }
  let token = ''
  let links: Link[] = []
  return killUnderLoad({
    start: () => startServerProcess({ program, environment }),
    async prepare({ origin }) {
      token = await signUp(origin)
      links = await createLinks(origin, token, connections)
      return links.map(({ code }) => getRequest(`/s/${code}`))
    },
    promise: 302,
    counts: ({ origin }) => countedClicks(origin, token, links),
    rounds,
    loadMs: 300,
    answersPerRound: 200,
  })
}

test('no click answered before a kill -9 is lost and none is counted twice', async t => {
  const verdict = await killRounds(t, { program: honest, rounds: 3 })
  t.diagnostic(JSON.stringify(verdict))
  assert.deepEqual({ lost: verdict.lost, doubled: verdict.doubled }, { lost: 0, doubled: 0 })
  assert.ok(verdict.acked > 500, 'there was load')
  // Without requests under way at the kill, nothing was tried. That some of them took effect is asserted in the lab,
  // which has rounds enough.
  assert.ok(verdict.ambiguous >= connections, `ambiguous: ${verdict.ambiguous}`)
})

test('the same rounds see the loss in a server that answers before the click is on disk', async t => {
  const verdict = await killRounds(t, { program: lying, rounds: 1 })
  t.diagnostic(JSON.stringify(verdict))
  assert.ok(verdict.lost > 0, 'the mutant lost clicks')
})

test('the oracle judges each counter by itself, so that a loss cannot hide behind a double', () => {
  const tallies = [
    { acked: 5, ambiguous: 1 },
    { acked: 5, ambiguous: 1 },
    { acked: 5, ambiguous: 0 },
  ]
  const { lost, doubled, ambiguousCounted } = judgeCounts(tallies, [4, 7, 5])
  assert.deepEqual({ lost, doubled, ambiguousCounted }, { lost: 1, doubled: 1, ambiguousCounted: 1 })
})
