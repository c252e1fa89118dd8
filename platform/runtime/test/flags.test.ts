/** Flags: what was decided reaches every process, and what cannot be read stays as it was. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defineContract } from '@octet/contracts'
import { newId } from '@octet/db'
import { type Context, defineModule, type Flag, isInShare, serviceRequest } from '@octet/kernel'
import { type TestApp, testApp } from '@octet/testkit'
import { openFlags } from '../src/flags.ts'

const about = { en: 'Lamps are lit.', de: 'Lampen leuchten.' }
const light: Flag = { name: 'lamps.light', isOnByDefault: true, about }
const glow: Flag = { name: 'lamps.glow', isOnByDefault: false, about }

const lamps = defineContract({ name: 'lamps', problems: {}, operations: {}, events: {} })
type LampsContext = Context<typeof lamps, readonly [], object>

function lampsWith(flags: readonly Flag[]) {
  return defineModule({
    contract: lamps,
    calls: [],
    migrations: new URL('./no-migrations/', import.meta.url),
    privacy: { keepsNothing: 'it is made for a test' },
    open: async () => ({}),
    operations: {},
    flags,
  })
}
const lampsModule = lampsWith([light, glow])

function contextOf(app: TestApp): LampsContext {
  return app.runtime.host.contextOf('lamps', serviceRequest('lamps', newId(), 60_000)) as never
}

/** Decides a flag as an administrator would, in a transaction of a module. */
function decide(app: TestApp, name: string, share: number | null): Promise<unknown> {
  return app.db('lamps').transaction('decide', ({ sql }) => {
    return sql`select platform_runtime.set_flag(${name}::text, ${share}::integer)`
  })
}

async function until(holds: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + 60_000
  while (!holds()) {
    if (performance.now() > deadlineMs) assert.fail('the flag did not change')
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

test('a decision reaches every process without a restart, and taking it back restores the default', async t => {
  const app = await testApp(t, { modules: [lampsModule] })
  const other = await testApp(t, { modules: [lampsModule], sharing: app })
  const processes = [contextOf(app), contextOf(other)]
  const states = (flag: Flag) => processes.map(({ flags }) => flags.isOn(flag))
  assert.deepEqual([states(light), states(glow)].flat(), [true, true, false, false])
  await decide(app, light.name, 0)
  await decide(app, glow.name, 100)
  await until(() => !states(light).includes(true) && !states(glow).includes(false))
  await decide(app, light.name, null)
  await until(() => !states(light).includes(false))
})

test('a decision whose transaction rolls back is not one', async t => {
  const app = await testApp(t, { modules: [lampsModule] })
  const failing = app.db('lamps').transaction('decide', async ({ sql }) => {
    await sql`select platform_runtime.set_flag(${light.name}::text, 0)`
    throw new Error('as planted')
  })
  await assert.rejects(failing, /as planted/)
  await decide(app, glow.name, 100)
  await until(() => contextOf(app).flags.isOn(glow))
  assert.equal(contextOf(app).flags.isOn(light), true)
})

test('a module changes flags only through the function, and cannot read the table', async t => {
  const app = await testApp(t, { modules: [lampsModule] })
  await assert.rejects(app.db('lamps').sql`select * from platform_runtime.flags`, /permission denied/)
  await assert.rejects(decide(app, light.name, 101), /check constraint/)
  await assert.rejects(decide(app, 'Lamps', 0), /check constraint/)
})

test('while the database does not answer, the last known decision holds', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  let isDown = false
  let share = 0
  let nowMs = 0
  t.mock.method(performance, 'now', () => nowMs)
  const sql = async () => {
    if (isDown) throw new Error('the database is down')
    return [{ name: light.name, share, changed_at: '2026-11-30T20:00:00Z' }]
  }
  const lines: string[] = []
  const log = { warn: (_fields: object, line: string) => void lines.push(line) }
  const { flags, stop } = await openFlags({ db: { sql } as never, modules: [lampsModule], log: log as never })
  t.after(stop)
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 1_000) {
      nowMs += 1_000
      t.mock.timers.tick(1_000)
      for (let turn = 0; turn < 20; turn++) await Promise.resolve()
    }
  }
  assert.equal(flags.isOn(light), false)
  isDown = true
  await pass(60_000)
  assert.equal(flags.isOn(light), false, 'an outage turns nothing on')
  assert.equal(lines.length, 1, 'an outage is logged once')
  isDown = false
  share = 100
  await pass(2_000)
  assert.equal(flags.isOn(light), true)
})

test('a process that never reached the database starts with the defaults', async t => {
  const sql = async () => {
    throw new Error('the database is down')
  }
  const log = { warn: () => undefined }
  const { flags, stop } = await openFlags({ db: { sql } as never, modules: [lampsModule], log: log as never })
  t.after(stop)
  assert.deepEqual([flags.isOn(light), flags.isOn(glow)], [true, false])
})

test('an account keeps its side of a share, a larger share includes the smaller, and flags choose apart', () => {
  const accounts = Array.from({ length: 4_000 }, () => newId())
  const chosen = (name: string, share: number) => accounts.filter(id => isInShare(name, share, id))
  const tenth = chosen('lamps.light', 10)
  assert.ok(tenth.length > 300 && tenth.length < 500, String(tenth.length))
  assert.deepEqual(chosen('lamps.light', 10), tenth)
  const quarter = new Set(chosen('lamps.light', 25))
  assert.ok(tenth.every(id => quarter.has(id)))
  const both = chosen('lamps.glow', 10).filter(id => tenth.includes(id))
  assert.ok(both.length < 100, String(both.length))
  assert.deepEqual([chosen('lamps.light', 0).length, chosen('lamps.light', 100).length], [0, 4_000])
  assert.deepEqual([isInShare('a.b', 99, undefined), isInShare('a.b', 100, undefined)], [false, true])
})

test('flags of another name, declared twice or unlisted are mistakes', async t => {
  const db = { sql: async () => [] } as never
  const log = { warn: () => undefined } as never
  const openWith = (...flags: Flag[]) => openFlags({ db, log, modules: [lampsWith(flags)] })
  await assert.rejects(openWith({ ...light, name: 'stars.light' }), /lamps declares the flag stars\.light/)
  await assert.rejects(openWith(light, { ...light }), /lamps\.light is declared twice/)
  const { flags, stop } = await openWith(light)
  t.after(stop)
  assert.throws(() => flags.isOn(glow), /no module lists the flag "lamps\.glow"/)
})
