import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { defineContract } from '@octet/contracts'
import { defineModule } from '@octet/kernel'
import { createLog, createMetrics } from '@octet/observe'
import { newSecretKey, type Secrets } from '@octet/secrets'
import { testDatabase } from '@octet/testkit'
import { migrationsOf, openRuntime } from '../src/index.ts'

const closeMs = 2_000

/** The secrets a module is given by a process with these keys. */
async function secretsOf(databaseUrl: string, dataDir: string, secretKeys?: Buffer[]): Promise<Secrets> {
  const given: Secrets[] = []
  const module = defineModule({
    contract: defineContract({ name: 'keeping', problems: {}, events: {}, operations: {} }),
    calls: [],
    privacy: { keepsNothing: 'it is made for a test' },
    migrations: new URL('./no-migrations/', import.meta.url),
    open: async floor => {
      given.push(floor.secrets)
      return {}
    },
    operations: {},
  })
  const runtime = await openRuntime({
    modules: [module],
    databaseUrl,
    dataDir,
    origin: 'http://localhost:3000',
    secretKeys,
    log: createLog({ level: 'silent' }),
    metrics: createMetrics({ processMetrics: false }),
  })
  await runtime.close(closeMs)
  const [secrets] = given
  assert.ok(secrets)
  return secrets
}

test('without key files processes share the key in the database, which still opens beside a new one', async t => {
  const databaseUrl = await testDatabase(t, migrationsOf([]))
  const dataDir = await mkdtemp(join(tmpdir(), 'octet-keys-'))
  t.after(() => rm(dataDir, { recursive: true, force: true }))
  const [one, other] = await Promise.all([secretsOf(databaseUrl, dataDir), secretsOf(databaseUrl, dataDir)])
  assert.equal(other.open(one.seal('value', 'x'), 'x').toString(), 'value')
  const configured = await secretsOf(databaseUrl, dataDir, [newSecretKey()])
  assert.equal(configured.open(one.seal('value', 'x'), 'x').toString(), 'value')
  assert.throws(() => one.open(configured.seal('value', 'x'), 'x'), /OCTET_SECRET_KEY_FILE/)
})
