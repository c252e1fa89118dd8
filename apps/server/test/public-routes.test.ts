/** Other people's programs, pages and short links call these routes: none may disappear or change its access policy. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import type { Access, Contract } from '@octet/contracts'
import { apiPrefix } from '@octet/contracts'
import { createHealth, createMetrics } from '@octet/observe'
import { testApp } from '@octet/testkit'
import { modules } from '../src/modules.ts'
import { addPlatformRoutes } from '../src/platform-routes.ts'

const snapshotPath = new URL('../../../contracts/test/snapshot/routes.json', import.meta.url)
const contracts = modules.map(module => module.contract as Contract)
const operations = contracts.flatMap(contract => Object.values(contract.operations))

/** `GET /s/:code` → who may call it. */
type Routes = Readonly<Record<string, string>>

function accessText(policy: Access): string {
  const named = 'scope' in policy ? policy.scope : 'permission' in policy ? policy.permission : ''
  const options = [
    'fresh' in policy && policy.fresh ? 'fresh' : '',
    'verified' in policy && policy.verified ? 'verified' : '',
  ]
  return [policy.kind, named, ...options].filter(Boolean).join(' ')
}

test('no route of the snapshot disappears or changes its access policy', async t => {
  const app = await testApp(t, { modules })
  const metrics = createMetrics({ processMetrics: false })
  await addPlatformRoutes(app.http, { contracts, origin: 'http://localhost:3000', health: createHealth(), metrics })
  // Routes in scopes of their own are registered when the app gets ready.
  await app.http.ready()
  const table: Routes = Object.fromEntries(
    app.http.routeTable.map(({ method, url, access }) => [`${method} ${url}`, accessText(access)]),
  )
  const ofContracts = operations.flatMap(({ http }) => (http === undefined ? [] : [http.replace(' ', ` ${apiPrefix}`)]))
  const missing = ofContracts.filter(route => table[route] === undefined)
  assert.deepEqual(missing, [], 'operations whose route is not registered')

  const snapshot: Routes = JSON.parse(await readFile(snapshotPath, 'utf8'))
  const changed = Object.entries(snapshot).flatMap(([route, policy]) => {
    if (table[route] === policy) return []
    return [
      `${route}: was open to "${policy}", is ${table[route] === undefined ? 'gone' : `open to "${table[route]}"`}`,
    ]
  })
  assert.deepEqual(changed, [], 'breaks other programs: put the route back')

  // Fastify adds a HEAD route to every GET route.
  const known = new Set([...ofContracts, ...Object.keys(snapshot)])
  const added = Object.entries(table).filter(([route]) => !known.has(route) && !known.has(route.replace('HEAD', 'GET')))
  assert.deepEqual(Object.fromEntries(added), {}, 'new routes: add these lines to contracts/test/snapshot/routes.json')
})
