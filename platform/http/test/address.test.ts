import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressKey, addressPrefix } from '../src/address.ts'

test('A2: one network has one key in every notation of its address', () => {
  const spellings = [
    ...['2001:db8:7:7::1', '2001:DB8:7:7::2', '2001:db8:7:7:0:0:0:3', '2001:0db8:0007:0007:ffff:ffff:ffff:fff4'],
    ...['2001:db8:7:7:1:2:3:4', '2001:db8:7:7::a%eth0'],
  ]
  assert.deepEqual(new Set(spellings.map(addressKey)), new Set(['2001:db8:7:7::/64']))
  assert.equal(addressKey('2001:db8:7:8::1'), '2001:db8:7:8::/64')
  const fours = ['203.0.113.9', '::ffff:203.0.113.9', '::FFFF:203.0.113.9', '0:0:0:0:0:ffff:203.0.113.9']
  assert.deepEqual(new Set([...fours, '::ffff:cb00:7109'].map(addressKey)), new Set(['203.0.113.9']))
  assert.equal(addressKey('::1'), '0:0:0:0::/64')
})

test('all invalid addresses share one key, so that inventing some gains nothing', () => {
  const invented = ['', 'garbage', '1.2.3', '999.1.1.1', '1.2.3.4, 5.6.7.8', "'; drop table users", '::1::2']
  assert.deepEqual(new Set(invented.map(addressKey)), new Set(['unknown']))
})

test('an address is shown and stored without its last part', () => {
  assert.equal(addressPrefix('203.0.113.9'), '203.0.113.0/24')
  assert.equal(addressPrefix('2001:DB8:1:2::9'), '2001:db8:1::/48')
  assert.equal(addressPrefix('garbage'), 'unknown')
})
