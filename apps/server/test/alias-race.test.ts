/** One alias has one owner, also when two processes are asked at once: short form of `npm run lab -- alias-race`. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { links } from '@octet/contracts/links'
import { signUp } from '@octet/identity/testing'
import { migrationsOf } from '@octet/runtime'
import { defer, httpClient, type ServerProcess, startServerProcess, type Test, testDatabase } from '@octet/testkit'
import { modules } from '../src/modules.ts'

const program = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const creates = 20
const rounds = 10

async function startSharing(t: Test, databaseUrl: string): Promise<ServerProcess> {
  const dataDir = await mkdtemp(join(tmpdir(), 'octet-alias-'))
  defer(t, () => rm(dataDir, { recursive: true, force: true }))
  const environment = {
    DATABASE_URL: databaseUrl,
    OCTET_DATA: dataDir,
    OCTET_WEB: '0',
    OCTET_DEMO: '0',
    OCTET_LOG: 'warn',
    OCTET_LIMITS_SCALE: '1000',
  }
  const server = await startServerProcess({ program, environment })
  defer(t, () => server.stop())
  return server
}

test('one of 20 concurrent creates of an alias over two processes succeeds, and 19 get alias-taken', async t => {
  const databaseUrl = await testDatabase(t, migrationsOf(modules))
  const processes = await Promise.all([startSharing(t, databaseUrl), startSharing(t, databaseUrl)])
  const token = await signUp(processes[0].origin)
  for (let round = 0; round < rounds; round++) {
    const answers = await Promise.all(
      Array.from({ length: creates }, (_, index) => {
        const { origin } = processes[index % 2] as ServerProcess
        const input = { url: `https://example.org/${index}`, alias: `wanted-${round}` }
        return httpClient(origin).request(links, 'createLink', input, { token })
      }),
    )
    const count = (status: number) => answers.filter(answer => answer.status === status).length
    assert.deepEqual({ created: count(201), taken: count(409) }, { created: 1, taken: creates - 1 })
    const codes = answers.filter(({ status }) => status === 409).map(({ body }) => (body as { code: string }).code)
    assert.deepEqual(new Set(codes), new Set(['links.alias-taken']))
    // The process that created the alias is the one that serves it.
    const [created] = answers.filter(({ status }) => status === 201)
    const visit = await fetch(`${processes[1].origin}/s/wanted-${round}`, { redirect: 'manual' })
    await visit.body?.cancel()
    assert.equal(visit.headers.get('location'), (created?.body as { url: string } | undefined)?.url)
  }
})
