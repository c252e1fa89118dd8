import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  ConfigError,
  configOf,
  customSetting,
  describeConfig,
  readConfig,
  type SettingsGroup,
  setting,
  settingRows,
} from '../src/index.ts'

const server = {
  PORT: setting.integer('port', 3000, { min: 0, max: 65_535 }),
  OCTET_DATA: setting.text('folder', '.octet'),
  OCTET_DEMO: setting.flag('demo', true),
  DATABASE_URL: setting.url('`postgres://…`', ['postgres', 'postgresql'], { absent: 'embedded' }),
  OCTET_MODULES: setting.subset('modules', ['identity', 'links']),
}
const links = { OCTET_WORDS: setting.words('words | more') }
const groups: readonly SettingsGroup[] = [
  { owner: 'server', settings: server },
  { owner: 'links', settings: links },
]

function mistakesOf(environment: Record<string, string>, of: readonly SettingsGroup[] = groups): readonly string[] {
  try {
    readConfig(environment, of)
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    return error.mistakes
  }
  return []
}

test('an empty environment gives the defaults of every group', () => {
  const config = readConfig({ PORT: '', HOME: '/x' }, groups)
  assert.deepEqual(config, {
    PORT: 3000,
    OCTET_DATA: '.octet',
    OCTET_DEMO: true,
    DATABASE_URL: undefined,
    OCTET_MODULES: ['identity', 'links'],
    OCTET_WORDS: [],
  })
  assert.deepEqual(configOf(config, links), { OCTET_WORDS: [] }, 'a group gets its own settings only')
})

test('values are read by their type', () => {
  const environment = {
    PORT: '0',
    OCTET_DEMO: '0',
    DATABASE_URL: 'postgres://u@h/db',
    OCTET_MODULES: 'links, links',
  }
  const config = configOf(readConfig(environment, groups), server)
  assert.deepEqual(
    [config.PORT, config.OCTET_DEMO, config.DATABASE_URL, config.OCTET_MODULES],
    [0, false, 'postgres://u@h/db', ['links']],
  )
})

test('origins are read, and a path, a slash at the end or another scheme is refused', () => {
  const groupOf = [{ owner: 'server', settings: { OCTET_ORIGINS: setting.origins('x') } }]
  const environment = { OCTET_ORIGINS: 'https://app.example.org, http://localhost:5173' }
  assert.deepEqual(readConfig(environment, groupOf), {
    OCTET_ORIGINS: ['https://app.example.org', 'http://localhost:5173'],
  })
  for (const text of ['*', 'app.example.org', 'https://app.example.org/', 'https://a.example/x', 'ftp://a.example']) {
    assert.match(mistakesOf({ OCTET_ORIGINS: text }, groupOf).join(), /is not an origin/, text)
  }
})

test('networks and ports are read, and malformed ones are refused with their text', () => {
  const outbound = { OCTET_ALLOW: setting.networks('x'), OCTET_PORTS: setting.ports('x', [443]) }
  const readOutbound = (environment: Record<string, string>) => {
    return readConfig(environment, [{ owner: 'test', settings: outbound }])
  }
  assert.deepEqual(readOutbound({}), { OCTET_ALLOW: [], OCTET_PORTS: [443] })
  assert.deepEqual(readOutbound({ OCTET_ALLOW: '10.0.0.0/8, fd00::/8', OCTET_PORTS: '80,8080' }), {
    OCTET_ALLOW: ['10.0.0.0/8', 'fd00::/8'],
    OCTET_PORTS: [80, 8080],
  })
  assert.throws(() => readOutbound({ OCTET_ALLOW: '10.0.0.0/33' }), /10\.0\.0\.0\/33 is not a network/)
  assert.throws(() => readOutbound({ OCTET_PORTS: '80,http' }), /must be port numbers/)
})

test('every mistake of every group is reported at once, with its variable and its value', () => {
  const mistakes = mistakesOf({
    PORT: '99999',
    OCTET_DEMO: 'maybe',
    DATABASE_URL: 'mysql://root:secret@x',
    OCTET_MODULES: 'links,shop',
    OCTET_WORDS: 'Ä',
    OCTET_WRODS: 'a',
  })
  assert.equal(mistakes.length, 6)
  assert.match(mistakes[0] ?? '', /^PORT=99999: must be a whole number from 0 to 65535/)
  assert.match(mistakes[2] ?? '', /^DATABASE_URL=mysql:\/\/root:\*\*\*@x: must be a URL/, 'without the password')
  assert.match(mistakes[3] ?? '', /shop is not one of all, identity, links/)
  assert.match(mistakes[5] ?? '', /OCTET_WRODS: not a setting of Octet; did you mean OCTET_WORDS\?/)
})

test('a misspelt setting is a mistake and names its neighbour', () => {
  assert.deepEqual(mistakesOf({ OCTET_DTAA: 'x' }), ['OCTET_DTAA: not a setting of Octet; did you mean OCTET_DATA?'])
  assert.deepEqual(mistakesOf({ OCTET_SOMETHING: 'x' }), ['OCTET_SOMETHING: not a setting of Octet'])
})

test('a group checks what must hold between its settings', () => {
  const checked = { owner: 'server', settings: server, check: () => ['PORT needs more'] }
  assert.deepEqual(mistakesOf({}, [checked]), ['PORT needs more'])
})

test('two groups cannot declare one name, but may share one setting', () => {
  const again = { owner: 'chat', settings: { OCTET_WORDS: setting.words('mine') } }
  assert.throws(() => readConfig({}, [...groups, again]), /chat declares OCTET_WORDS, which is taken/)
  const shared = [...groups, { owner: 'chat', settings: links }]
  assert.deepEqual(readConfig({ OCTET_WORDS: 'a,b' }, shared).OCTET_WORDS, ['a', 'b'])
  assert.equal(settingRows(shared).length, settingRows(groups).length)
})

test('the description names value, source and meaning of each setting, and hides secrets', () => {
  const secret = customSetting<string>({ about: 'key', fallback: '', read: text => text, mask: () => '***' })
  const environment = { PORT: '80', DATABASE_URL: 'postgres://u:pass:w@h/db', OCTET_KEY: 'key-text', OCTET_DEMO: '0' }
  const all = [...groups, { owner: 'vault', settings: { OCTET_KEY: secret } }]
  const text = describeConfig(all, { environment, fromFile: new Set(['OCTET_DEMO']) })
  assert.match(text, /^# server\nPORT=80 +environment\n {4}port\nOCTET_DATA=\.octet +default\n/)
  assert.match(text, /^OCTET_DEMO=0 +\.env$/m)
  assert.match(text, /^DATABASE_URL=postgres:\/\/u:\*\*\*@h\/db +environment\n {4}postgres:\/\/…$/m)
  assert.match(text, /^# vault\nOCTET_KEY=\*\*\* +environment$/m)
  assert.doesNotMatch(text, /pass:w|key-text/)
  assert.deepEqual(settingRows(groups).at(-1), ['`OCTET_WORDS`', '–', 'words \\| more'])
})
