import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { devNull, tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { settingsOf } from '@octet/config'
import { defer, type Test } from '@octet/testkit'
import { settingsGroups } from '../src/settings.ts'

const program = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** `octet config` in a folder of its own. */
async function printConfig(
  t: Test,
  { environment = {}, file }: { environment?: Record<string, string>; file?: string },
): Promise<{ code: number; out: string; err: string }> {
  const cwd = await mkdtemp(join(tmpdir(), 'octet-config-'))
  defer(t, () => rm(cwd, { recursive: true, force: true }))
  if (file !== undefined) await writeFile(join(cwd, '.env'), file)
  const env = { PATH: process.env.PATH ?? '', ...environment }
  return new Promise(resolve => {
    execFile(process.execPath, [program, 'config'], { cwd, env, timeout: 60_000 }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err })
    })
  })
}

test("a module's own settings begin with OCTET_, so that a misspelt one is noticed", () => {
  const [, ...ofModules] = settingsGroups
  const names = [...settingsOf(ofModules).keys()]
  assert.ok(names.includes('OCTET_APP_SCHEMES'))
  assert.deepEqual(
    names.filter(name => !name.startsWith('OCTET_')),
    [],
  )
})

test('config prints values of .env and of the environment, which wins, and no secret', async t => {
  const { code, out } = await printConfig(t, {
    file: [
      'PORT=4000',
      'OCTET_LOG=debug',
      'OCTET_OPENID=here https://id.example client topsecret; there https://x.example c tacit',
      'SMTP_URL=smtp://octet:passw0rd@mail.example:587',
      'MAIL_FROM="Octet <no-reply@example.org>"',
    ].join('\n'),
    environment: { PORT: '5000' },
  })
  assert.equal(code, 0)
  assert.match(out, /^PORT=5000 +environment$/m)
  assert.match(out, /^OCTET_LOG=debug +\.env$/m)
  assert.match(out, /^OCTET_ERASURE_DAYS=14 +default\n {4}days in which/m)
  assert.match(out, /^MAIL_FROM=Octet <no-reply@example\.org> +\.env$/m)
  assert.match(
    out,
    /^OCTET_OPENID=here https:\/\/id\.example client \*\*\*; there https:\/\/x\.example c \*\*\* +\.env$/m,
  )
  assert.doesNotMatch(out, /topsecret|tacit|passw0rd/)
})

test('mistakes in .env are refused like those of the environment, all at once', async t => {
  const { code, err } = await printConfig(t, {
    file: 'PORT=many\nOCTET_APPSCHEMES=a\n',
    environment: { OCTET_DEMO: 'perhaps' },
  })
  assert.equal(code, 1)
  assert.match(err, /PORT=many: must be a whole number/)
  assert.match(err, /OCTET_APPSCHEMES: not a setting of Octet; did you mean OCTET_APP_SCHEMES\?/)
  assert.match(err, /OCTET_DEMO=perhaps: must be 1 or 0/)
})

test('settings that need another say which', async t => {
  const { code, err } = await printConfig(t, {
    environment: {
      OCTET_ENV_FILE: devNull,
      SMTP_URL: 'smtp://mail.example',
      S3_URL: 'https://s3.example/octet',
      OCTET_COUNTRY_HEADER: 'cf-ipcountry',
    },
  })
  assert.equal(code, 1)
  for (const needed of [/MAIL_FROM/, /S3_ACCESS_KEY and S3_SECRET_KEY/, /OCTET_TRUSTED_PROXIES is 0/]) {
    assert.match(err, needed)
  }
})

test('a named file that cannot be read stops the start; a missing .env does not', async t => {
  const named = await printConfig(t, { environment: { OCTET_ENV_FILE: 'nowhere.env' } })
  assert.equal(named.code, 1)
  assert.match(named.err, /OCTET_ENV_FILE=nowhere\.env: cannot be read: ENOENT/)
  assert.equal((await printConfig(t, {})).code, 0)
})
