import assert from 'node:assert/strict'
import { test } from 'node:test'
import { links } from '@octet/contracts/links'
import { newId } from '@octet/db'
import { testApp } from '@octet/testkit'
import { linksModule } from '../src/module.ts'

test('the metrics show the hits of the redirect cache and the state of the click journal', async t => {
  const app = await testApp(t, { modules: [linksModule] })
  const { code } = await app.client(links, { token: app.as(newId()) }).createLink({ url: 'https://example.org/' })
  for (let visit = 0; visit < 3; visit++) {
    assert.equal((await app.http.inject({ method: 'GET', url: `/s/${code}` })).statusCode, 302)
  }
  const text = await app.metrics.text()
  const valueIn = (series: string) =>
    Number(
      text
        .split('\n')
        .find(line => line.startsWith(`${series} `))
        ?.split(' ')[1],
    )
  assert.ok(valueIn('octet_cache_hits_total{cache="links.targets"}') >= 2)
  assert.ok(valueIn('octet_cache_misses_total{cache="links.targets"}') >= 1)
  assert.ok(valueIn('octet_links_clicks_disk_bytes') > 0)
  assert.ok(valueIn('octet_links_clicks_lag_seconds') >= 0)
  assert.equal(valueIn('octet_links_clicks_losses'), 0)
})
