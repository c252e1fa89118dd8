import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  countClicks,
  countDays,
  decodeClick,
  encodeClick,
  mergeBreakdowns,
  otherValue,
  sumBreakdowns,
  utmText,
  valueText,
  whoText,
} from '../src/clicks/click.ts'

const linkId = '019a0000-0000-7000-8000-000000000000'
const atMs = 1_790_000_000_000

test('a click survives the journal, and an unknown record is refused rather than skipped', () => {
  const record = encodeClick({
    ...{ linkId, atMs, visitor: 'abcDEF_-0123' },
    who: whoText({ kind: 'human', device: 'mobile', browser: 'Chrome', system: 'Android' }),
    ...{ variant: 'blue', country: 'DE', city: 'Köln', referrer: 'example.org', utm: 'mail\t\tspring' },
  })
  assert.deepEqual(decodeClick(record), {
    ...{ linkId, atMs, visitor: 'abcDEF_-0123', kind: 'human' },
    values: {
      ...{ device: 'mobile', browser: 'Chrome', system: 'Android', variant: 'blue', country: 'DE', city: 'Köln' },
      ...{ referrer: 'example.org', utmSource: 'mail', utmCampaign: 'spring' },
    },
  })
  for (const text of ['', '2 something newer', '3\t1\tx', record.replace('\th\t', '\tx\t')]) {
    assert.throws(() => decodeClick(text), /not a click record/)
  }
})

test('records of older versions are still read', () => {
  assert.deepEqual(decodeClick(`1 ${atMs} ${linkId} b`), { linkId, atMs, visitor: '', kind: 'crawler', values: {} })
  assert.deepEqual(decodeClick(`1 ${atMs} ${linkId} h`), { linkId, atMs, visitor: '', kind: 'human', values: {} })
})

test('no parameter value can change the number of fields of a record', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.string(), (source, campaign) => {
      const utm = utmText(new URLSearchParams({ utm_source: source, utm_campaign: campaign }))
      const who = whoText({ kind: 'human', device: 'other', browser: 'b', system: 'other' })
      const known = { visitor: '', who, variant: '' }
      const click = decodeClick(encodeClick({ linkId, atMs, ...known, country: '', city: '', referrer: '', utm }))
      assert.equal(click.values.utmSource ?? '', valueText(source))
      assert.equal(click.values.utmCampaign ?? '', valueText(campaign))
      assert.ok((click.values.utmSource ?? '').length <= 100)
      assert.doesNotMatch(click.values.utmSource ?? '', /\p{Cc}/u)
    }),
  )
})

test('counting keeps every click in its time bucket, sorted for locking', () => {
  const clicks = fc.record({
    linkId: fc.constantFrom('a', 'b', 'c'),
    atMs: fc.integer({ min: 0, max: 10_000_000 }),
    kind: fc.constantFrom('human' as const, 'crawler' as const, 'preview' as const),
  })
  fc.assert(
    fc.property(fc.array(clicks, { maxLength: 200 }), list => {
      const counted = countClicks(list)
      for (const count of counted) {
        const mine = list.filter(
          one => one.linkId === count.linkId && one.atMs >= count.bucketMs && one.atMs < count.bucketMs + 900_000,
        )
        assert.equal(count.clicks, mine.filter(({ kind }) => kind === 'human').length)
        assert.equal(count.bots, mine.filter(({ kind }) => kind !== 'human').length)
        assert.equal(count.lastMs, Math.max(...mine.map(one => one.atMs)))
      }
      assert.equal(
        counted.reduce((sum, count) => sum + count.clicks + count.bots, 0),
        list.length,
      )
      const order = counted.map(({ linkId, bucketMs }) => `${linkId} ${String(bucketMs).padStart(12, '0')}`)
      assert.deepEqual(order, [...order].sort())
    }),
  )
})

test('a day keeps fifty values of a dimension, and merging in any order loses no click', () => {
  const clicks = fc.array(fc.nat({ max: 150 }), { maxLength: 600 })
  fc.assert(
    fc.property(clicks, fc.nat({ max: 600 }), (values, cut) => {
      const dayOf = (some: readonly number[]) =>
        countDays(
          some.map(value => ({
            ...{ linkId, atMs, kind: 'human', visitor: '' },
            values: { referrer: `host-${value}` },
          })),
        )[0]?.breakdowns ?? {}
      const merged = mergeBreakdowns(mergeBreakdowns({}, dayOf(values.slice(0, cut))), dayOf(values.slice(cut)))
      const counts = merged.referrer ?? {}
      assert.equal(
        Object.values(counts).reduce((sum, count) => sum + count, 0),
        values.length,
      )
      assert.ok(Object.keys(counts).length <= 51)
      for (const [value, count] of Object.entries(counts)) {
        const all = values.filter(one => `host-${one}` === value).length
        if (value !== otherValue) assert.equal(count, all, 'a value that has a place has all its clicks')
      }
    }),
  )
})

test('values named like object properties are counted like others', () => {
  const values = { referrer: '__proto__', utmSource: 'constructor' }
  const [day] = countDays([{ linkId, atMs, kind: 'human', visitor: '', values }])
  const stored = JSON.parse(JSON.stringify(mergeBreakdowns({}, day?.breakdowns ?? {})))
  const sum = sumBreakdowns([stored, stored])
  assert.deepEqual(Object.entries(sum.referrer ?? {}), [['__proto__', 2]])
  assert.deepEqual(Object.entries(sum.utmSource ?? {}), [['constructor', 2]])
})
