import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigError, readConfig, setting } from '../src/index.ts'

const settings = {
  PORT: setting.integer('port', 3000, { min: 0, max: 65_535 }),
  OCTET_DATA: setting.text('folder', '.octet'),
  OCTET_DEMO: setting.flag('demo', true),
  DATABASE_URL: setting.url('database', ['postgres', 'postgresql']),
  OCTET_MODULES: setting.subset('modules', ['identity', 'links']),
}

function mistakesOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment, settings, 'OCTET_')
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    return error.mistakes
  }
  return []
}

test('an empty environment gives the defaults', () => {
  assert.deepEqual(readConfig({ PORT: '', HOME: '/x' }, settings, 'OCTET_'), {
    PORT: 3000,
    OCTET_DATA: '.octet',
    OCTET_DEMO: true,
    DATABASE_URL: undefined,
    OCTET_MODULES: ['identity', 'links'],
  })
})

test('values are read by their type', () => {
  const environment = {
    PORT: '0',
    OCTET_DEMO: '0',
    DATABASE_URL: 'postgres://u@h/db',
    OCTET_MODULES: 'links, links',
  }
  const config = readConfig(environment, settings, 'OCTET_')
  assert.deepEqual(
    [config.PORT, config.OCTET_DEMO, config.DATABASE_URL, config.OCTET_MODULES],
    [0, false, 'postgres://u@h/db', ['links']],
  )
})

test('networks and ports are read, and what is none is refused with its text', () => {
  const outbound = { OCTET_ALLOW: setting.networks('x'), OCTET_PORTS: setting.ports('x', [443]) }
  assert.deepEqual(readConfig({}, outbound, 'OCTET_'), { OCTET_ALLOW: [], OCTET_PORTS: [443] })
  assert.deepEqual(readConfig({ OCTET_ALLOW: '10.0.0.0/8, fd00::/8', OCTET_PORTS: '80,8080' }, outbound, 'OCTET_'), {
    OCTET_ALLOW: ['10.0.0.0/8', 'fd00::/8'],
    OCTET_PORTS: [80, 8080],
  })
  assert.throws(
    () => readConfig({ OCTET_ALLOW: '10.0.0.0/33' }, outbound, 'OCTET_'),
    /10\.0\.0\.0\/33 is not a network/,
  )
  assert.throws(() => readConfig({ OCTET_PORTS: '80,http' }, outbound, 'OCTET_'), /must be port numbers/)
})

test('every mistake is reported at once, with its variable and its value', () => {
  const mistakes = mistakesOf({
    PORT: '99999',
    OCTET_DEMO: 'maybe',
    DATABASE_URL: 'mysql://x',
    OCTET_MODULES: 'links,shop',
  })
  assert.equal(mistakes.length, 4)
  assert.match(mistakes[0] ?? '', /^PORT=99999: must be a whole number from 0 to 65535/)
  assert.match(mistakes[3] ?? '', /shop is not one of all, identity, links/)
})

test('a misspelt setting is a mistake and names its neighbour', () => {
  assert.deepEqual(mistakesOf({ OCTET_DTAA: 'x' }), ['OCTET_DTAA: not a setting of Octet; did you mean OCTET_DATA?'])
  assert.deepEqual(mistakesOf({ OCTET_SOMETHING: 'x' }), ['OCTET_SOMETHING: not a setting of Octet'])
})
