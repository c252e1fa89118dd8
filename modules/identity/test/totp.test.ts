import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newRecoveryCodes, recoveryCodeHash } from '../src/factors/recovery-codes.ts'
import { base32, codeOf, otpauthUri, stepOfCode } from '../src/factors/totp.ts'

const secret = Buffer.from('12345678901234567890')

test('codes match RFC 6238, appendix B', () => {
  // The RFC prints eight digits; apps show the last six.
  for (const [seconds, code] of [
    [59, '94287082'],
    [1_111_111_109, '07081804'],
    [1_111_111_111, '14050471'],
    [1_234_567_890, '89005924'],
    [2_000_000_000, '69279037'],
    [20_000_000_000, '65353130'],
  ] as const) {
    assert.equal(codeOf(secret, Math.floor(seconds / 30)), code.slice(2))
  }
})

test('secrets are encoded as RFC 4648 requires', () => {
  for (const [plain, text] of [
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI'],
  ] as const) {
    assert.equal(base32(Buffer.from(plain)), text)
  }
})

test('a code is valid in its own and the adjacent steps only', () => {
  const nowMs = 1_800_000_000_000
  const now = nowMs / 30_000
  for (const [step, isTaken] of [
    [now - 2, false],
    [now - 1, true],
    [now, true],
    [now + 1, true],
    [now + 2, false],
  ] as const) {
    assert.equal(stepOfCode(secret, codeOf(secret, step), nowMs), isTaken ? step : undefined)
  }
  const code = codeOf(secret, now)
  assert.equal(stepOfCode(secret, `${code.slice(0, 3)} ${code.slice(3)}`, nowMs), now, 'as apps show it')
  for (const wrong of ['', '1', `${code}0`, code.slice(1), '００００００']) {
    assert.equal(stepOfCode(secret, wrong, nowMs), undefined, wrong)
  }
})

test('the QR code names installation and account', () => {
  const uri = otpauthUri({ secret, issuer: 'Octet example.org', account: 'a_b' })
  assert.equal(
    uri,
    'otpauth://totp/Octet%20example.org:a_b?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Octet%20example.org',
  )
})

test('a recovery code is recognised in any spelling, and other text is not', () => {
  const { codes, hashes } = newRecoveryCodes()
  assert.equal(new Set(codes).size, 10)
  for (const [index, code] of codes.entries()) {
    for (const typed of [code, code.toLowerCase(), code.replaceAll('-', ''), ` ${code.replaceAll('-', ' ')} `]) {
      assert.deepEqual(recoveryCodeHash(typed), hashes[index])
    }
    assert.deepEqual(recoveryCodeHash(code.replaceAll('0', 'o').replaceAll('1', 'l')), hashes[index])
  }
  for (const wrong of ['', 'ABCD', `${codes[0]}A`, (codes[0] ?? '').replace(/^./, 'U')]) {
    assert.equal(recoveryCodeHash(wrong), undefined)
  }
})
