/** Hosts that people bring: their names, and what becomes of them when the proof is missing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { judgeProof, mayBeClaimed, newProofToken, normalHost, proofOf } from '../src/rules.ts'

test('host names are brought into the form of DNS; everything else is refused', () => {
  assert.equal(normalHost('Go.Example.ORG.'), 'go.example.org')
  assert.equal(normalHost('bücher.example.org'), 'xn--bcher-kva.example.org')
  for (const other of [
    '',
    'localhost',
    '127.0.0.1',
    '0x7f.1',
    '[::1]',
    'a..b',
    '-a.org',
    'a_b.org',
    'x.org/a',
    'u@x.org',
  ]) {
    assert.equal(normalHost(other), undefined, other)
  }
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      const name = normalHost(text)
      if (name === undefined) return
      assert.equal(normalHost(name), name, 'a normal host is its own normal form')
      assert.match(name, /^[a-z0-9-]+(\.[a-z0-9-]+)+$/)
    }),
  )
})

test('only public names outside of the installation can be claimed', () => {
  const origin = 'https://octet.example.org:8443'
  for (const host of [
    'octet.example.org',
    'a.octet.example.org',
    'printer.local',
    'x.test',
    'site.example',
    '1.in-addr.arpa',
  ]) {
    assert.equal(mayBeClaimed(host, origin), false, host)
  }
  for (const host of ['example.org', 'notoctet.example.org', 'go.shop.com'])
    assert.equal(mayBeClaimed(host, origin), true)
})

test('a proof names the host and holds a token that cannot be guessed', () => {
  const tokens = new Set(Array.from({ length: 100 }, newProofToken))
  assert.equal(tokens.size, 100)
  const [token = ''] = tokens
  assert.match(token, /^[0-9a-f]{40}$/)
  assert.deepEqual(proofOf({ host: 'go.shop.com', token }), {
    txtName: '_octet.go.shop.com',
    fileUrl: 'http://go.shop.com/.well-known/octet-domain.txt',
    value: `octet-domain=${token}`,
  })
})

test('a host is lost after seven days without proof, never because DNS could not be asked', () => {
  const dayMs = 86_400_000
  const looks = fc.array(fc.constantFrom('found' as const, 'missing' as const, 'unknown' as const), { maxLength: 40 })
  fc.assert(
    fc.property(looks, results => {
      let missingSince: string | null = null
      let firstMissedDay: number | undefined
      for (const [day, proof] of results.entries()) {
        const judged = judgeProof(missingSince, proof, new Date(day * dayMs).toISOString())
        if (proof === 'found') firstMissedDay = undefined
        if (proof === 'missing') firstMissedDay ??= day
        const isOver = proof === 'missing' && firstMissedDay !== undefined && day - firstMissedDay >= 7
        assert.equal(judged.outcome === 'lost', isOver)
        if (judged.outcome === 'lost') return
        if (judged.outcome === 'found-again') missingSince = null
        if (judged.outcome === 'missing') missingSince = judged.missingSince
        assert.equal(
          missingSince !== null,
          firstMissedDay !== undefined,
          'the owner is told once, when it is missed first',
        )
      }
    }),
  )
})
