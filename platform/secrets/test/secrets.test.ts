import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createSecrets, newSecretKey, readKeyFile } from '../src/index.ts'

test('a sealed value opens for its purpose and reveals nothing', () => {
  const secrets = createSecrets([newSecretKey()])
  const sealed = secrets.seal('JBSWY3DPEHPK3PXP', 'totp 1')
  assert.equal(secrets.open(sealed, 'totp 1').toString(), 'JBSWY3DPEHPK3PXP')
  assert.ok(!sealed.includes('JBSWY3DPEHPK3PXP'))
  assert.notDeepEqual(secrets.seal('JBSWY3DPEHPK3PXP', 'totp 1'), sealed)
  assert.equal(secrets.open(secrets.seal('', 'empty'), 'empty').length, 0)
})

test('a value that was moved, cut, changed in any byte or sealed elsewhere does not open', () => {
  const secrets = createSecrets([newSecretKey()])
  const sealed = secrets.seal('value', 'totp 1')
  assert.throws(() => secrets.open(sealed, 'totp 2'), /sealed for something else/)
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed)
    changed[at] = (changed[at] ?? 0) ^ 1
    assert.throws(() => secrets.open(changed, 'totp 1'), `byte ${at}`)
    assert.throws(() => secrets.open(sealed.subarray(0, at), 'totp 1'), `first ${at} bytes`)
  }
  assert.throws(() => createSecrets([newSecretKey()]).open(sealed, 'totp 1'), /does not have/)
})

test('a new key in front of the old one seals, and both open', () => {
  const [oldKey, newKey] = [newSecretKey(), newSecretKey()]
  const before = createSecrets([oldKey]).seal('value', 'x')
  const both = createSecrets([newKey, oldKey])
  assert.equal(both.open(before, 'x').toString(), 'value')
  assert.throws(() => createSecrets([oldKey]).open(both.seal('value', 'x'), 'x'), /does not have/)
})

test('processes that create the key file at once agree on one key, which only its owner may read', async t => {
  const dir = await mkdtemp(join(tmpdir(), 'octet-secrets-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  const path = join(dir, 'deep', 'secret.key')
  const first = await readKeyFile(path)
  const again = await Promise.all([readKeyFile(path), readKeyFile(path)])
  assert.deepEqual(again, [first, first])
  assert.equal((await stat(path)).mode & 0o777, 0o600)
  assert.deepEqual(await readdir(join(dir, 'deep')), ['secret.key'])
  await writeFile(path, 'too short\n')
  await assert.rejects(readKeyFile(path), /32 bytes/)
})
