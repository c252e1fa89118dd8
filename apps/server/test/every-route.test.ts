/** Promises that hold for every route there is, also for those added tomorrow. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { access, type Contract, commonProblem } from '@octet/contracts'
import { newId } from '@octet/db'
import { addInternalRoutes } from '@octet/http'
import { createHealth, createMetrics } from '@octet/observe'
import { accessFindings, fuzzFindings, type Test, testApp } from '@octet/testkit'
import { modules } from '../src/modules.ts'
import { addPlatformRoutes } from '../src/platform-routes.ts'

const contracts = modules.map(module => module.contract as Contract)

async function wholeApp(t: Test) {
  // Stand-ins answer for identity, so that callers of any kind can be made up; its routes are all there.
  const app = await testApp(t, { modules, trustCallers: true })
  addInternalRoutes(app.http, app.runtime.host, async () => {
    throw commonProblem('unauthenticated')
  })
  const metrics = createMetrics({ processMetrics: false })
  await addPlatformRoutes(app.http, { contracts, origin: 'http://localhost:3000', health: createHealth(), metrics })
  const callers = {
    stranger: app.as(newId()),
    withoutScope: app.as(newId(), { scopes: ['nothing:at-all'], roles: ['admin'] }),
    notFresh: app.as(newId(), { roles: ['admin'], provenAtMs: 0 }),
    unverified: app.as(newId(), { isUnverified: true }),
  }
  return { app, callers }
}

test('no route lets through a caller its policy does not name', async t => {
  const { app, callers } = await wholeApp(t)
  assert.deepEqual(await accessFindings(app.http, callers), [])
  assert.ok(app.http.routeTable.length > 30, 'the walk saw the whole table')
})

test('the walk goes red on a route that does not keep its policy', async t => {
  const { app, callers } = await wholeApp(t)
  const policy = access.user('links:read', { fresh: true, verified: true })
  app.http.get('/planted', { config: { access: policy } }, async () => 'open')
  const findings = await accessFindings(app.http, callers)
  assert.equal(findings.length, 4)
  assert.ok(findings.includes('GET /planted: a caller who signed in long ago got 200, not 403'))
  assert.ok(findings.includes('GET /planted: an account whose address is not proved got 200, not 403'))
  assert.ok(findings.includes('GET /planted: an anonymous caller got 200, not 401'))
})

test('a route without a policy cannot be registered', async t => {
  const { app } = await wholeApp(t)
  assert.throws(() => app.http.get('/planted', async () => 'x'), /has no access policy/)
})

test('no input of any shape makes any operation fail, leak or answer outside its contract', async t => {
  const { app } = await wholeApp(t)
  const seed = Number(process.env.OCTET_FUZZ_SEED ?? Date.now() % 1_000_000)
  const runs = Number(process.env.OCTET_FUZZ_RUNS ?? 60)
  const token = app.as(newId(), { roles: ['admin'] })
  // Registering hashes a password for every valid input; a few tell as much as many.
  assert.deepEqual(await fuzzFindings(app.http, { contracts, token, runs, seed, slow: /register|login|setup/i }), [])
})

test('the fuzz goes red on an operation that breaks on odd input', async t => {
  const { app } = await wholeApp(t)
  app.http.addHook('preHandler', async request => {
    if (request.url.startsWith('/api/v1/links') && JSON.stringify(request.body ?? '').includes('\\u0000'))
      throw new Error('planted')
  })
  const token = app.as(newId())
  const links = contracts.filter(({ name }) => name === 'links')
  const findings = await fuzzFindings(app.http, { contracts: links, token, runs: 200, seed: 7, slow: /never/ })
  assert.ok(
    findings.some(finding => /links\.createLink .*status 500/.test(finding)),
    findings.join('\n'),
  )
})

test('every route of the contracts is in the OpenAPI document and on a documentation page', async t => {
  const { app } = await wholeApp(t)
  const document = (await app.http.inject('/openapi.json')).json()
  const paths = ['/docs', ...contracts.map(({ name }) => `/docs/${name}`)]
  const pages = await Promise.all(paths.map(path => app.http.inject(path)))
  const text = pages.map(({ body }) => body).join()
  for (const { method, url } of app.http.routeTable.filter(route => route.url.startsWith('/api/v1/'))) {
    if (method === 'HEAD') continue
    const path = url.replace(/:(\w+)/g, '{$1}')
    assert.ok(document.paths[path]?.[method.toLowerCase()], `${method} ${url}`)
    assert.ok(text.includes(`<code>${url}</code></p>`), url)
  }
})
