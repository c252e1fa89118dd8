import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { links } from '@octet/contracts/links'
import { newId } from '@octet/db'
import { type NewNotification, type NotificationKind, serviceRequest } from '@octet/kernel'
import { type Test, testApp } from '@octet/testkit'
import type { LinksContext } from '../src/context.ts'
import { recheckDomains } from '../src/domains/recheck-domains.ts'
import { linksModule } from '../src/module.ts'

const url = 'https://example.org/a'

/** An app with a fake DNS: TXT records by name, addresses for everything in `hosts`. */
async function open(t: Test) {
  const txt = new Map<string, string[]>()
  const hosts = new Map<string, string[]>()
  const app = await testApp(t, {
    modules: [linksModule],
    outbound: {
      allow: ['127.0.0.0/8'],
      resolve: async host => hosts.get(host) ?? [],
      resolveTxt: async name => txt.get(name) ?? [],
    },
  })
  const mine = app.client(links, { token: app.as(newId()) })
  const theirs = app.client(links, { token: app.as(newId()) })
  return { app, mine, theirs, txt, hosts }
}

test('a host is claimed, verified by DNS, carries its own links, and can be removed once they are gone', async t => {
  const { mine, txt } = await open(t)
  const domain = await mine.addDomain({ host: 'Go.Example.ORG.', landingUrl: 'https://example.org' })
  assert.deepEqual([domain.host, domain.isVerified, domain.links], ['go.example.org', false, 0])
  assert.equal(domain.verification.txtName, '_octet.go.example.org')
  await assert.rejects(mine.createLink({ url, domain: domain.host }), { code: 'links.domain-unknown' })
  await assert.rejects(mine.verifyDomain({ id: domain.id }), { code: 'links.domain-not-proven', status: 409 })
  txt.set(domain.verification.txtName, ['v=spf1', `${domain.verification.value}0`])
  await assert.rejects(mine.verifyDomain({ id: domain.id }), { code: 'links.domain-not-proven' })
  txt.set(domain.verification.txtName, ['v=spf1', domain.verification.value])
  assert.equal((await mine.verifyDomain({ id: domain.id })).isVerified, true)
  const link = await mine.createLink({ url, domain: 'GO.example.org', alias: 'menu' })
  assert.deepEqual([link.shortUrl, link.domain], ['https://go.example.org/menu', 'go.example.org'])
  assert.equal((await mine.listDomains({})).data[0]?.links, 1)
  assert.equal((await mine.listLinks({ domain: 'go.example.org' })).data.length, 1)
  assert.equal((await mine.updateDomain({ id: domain.id, landingUrl: null })).landingUrl, null)
  await assert.rejects(mine.removeDomain({ id: domain.id }), { code: 'links.domain-in-use' })
  await mine.deleteLink({ id: link.id })
  await mine.removeDomain({ id: domain.id })
  assert.deepEqual((await mine.listDomains({})).data, [])
})

test('one code leads to different places on different hosts, and is unique on each', async t => {
  const { app, mine, theirs, txt } = await open(t)
  const domain = await mine.addDomain({ host: 'go.example.org' })
  txt.set(domain.verification.txtName, [domain.verification.value])
  await mine.verifyDomain({ id: domain.id })
  await mine.createLink({ url, alias: 'menu' })
  await mine.createLink({ url: `${url}/custom`, alias: 'menu', domain: domain.host })
  await assert.rejects(mine.createLink({ url, alias: 'MENU', domain: domain.host }), { code: 'links.alias-taken' })
  assert.equal((await app.http.inject('/s/menu')).headers.location, url)
  // The main host does not answer for codes of other hosts.
  await mine.createLink({ url, alias: 'only-there', domain: domain.host })
  assert.equal((await app.http.inject('/s/only-there')).statusCode, 404)
  await assert.rejects(theirs.createLink({ url, domain: domain.host }), { code: 'links.domain-unknown' })
  await assert.rejects(app.client(links).createLink({ url, domain: domain.host }), { code: 'links.domain-unknown' })
  // An address on a short host would form a loop.
  await assert.rejects(mine.createLink({ url: 'https://GO.example.org/menu' }), { code: 'links.url-not-allowed' })
})

test('many accounts may claim a host, but it belongs to the one that verifies it, also under a race', async t => {
  const { mine, theirs, txt } = await open(t)
  const first = await mine.addDomain({ host: 'go.example.org' })
  const second = await theirs.addDomain({ host: 'go.example.org' })
  assert.notEqual(first.verification.value, second.verification.value)
  await assert.rejects(mine.addDomain({ host: 'go.example.org' }), { code: 'links.domain-exists' })
  txt.set(first.verification.txtName, [first.verification.value, second.verification.value])
  const results = await Promise.allSettled([
    mine.verifyDomain({ id: first.id }),
    theirs.verifyDomain({ id: second.id }),
  ])
  assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  const refused = results.find(result => result.status === 'rejected')
  assert.equal(refused?.reason.code, 'links.domain-taken')
})

test('the verification file is never fetched from inside our network', async t => {
  const { mine, hosts } = await open(t)
  const domain = await mine.addDomain({ host: 'go.example.org' })
  assert.equal(domain.verification.fileUrl, 'http://go.example.org/.well-known/octet-domain.txt')
  hosts.set('go.example.org', ['10.0.0.1'])
  await assert.rejects(mine.verifyDomain({ id: domain.id }), { code: 'links.domain-not-proven' })
})

test('names that are not public hosts, and our own, cannot be claimed', async t => {
  const { mine } = await open(t)
  const hosts = ['localhost', '127.0.0.1', '[::1]', 'a b.org', 'example.org/x', 'u@example.org', 'printer.local']
  for (const host of [...hosts, 'example.org:80', '2130706433', 'x.localhost', '-a.org', 'org', 'a..org']) {
    await assert.rejects(mine.addDomain({ host }), { code: 'links.host-not-allowed' }, host)
  }
  assert.equal((await mine.addDomain({ host: 'münchen.example.org' })).host, 'xn--mnchen-3ya.example.org')
})

test('a host of another account looks like an unknown one', async t => {
  const { app, mine, theirs, txt } = await open(t)
  const { id, verification } = await mine.addDomain({ host: 'go.example.org' })
  txt.set(verification.txtName, [verification.value])
  await assert.rejects(theirs.verifyDomain({ id }), { code: 'not-found' })
  await assert.rejects(theirs.updateDomain({ id, landingUrl: url }), { code: 'not-found' })
  await assert.rejects(theirs.removeDomain({ id }), { code: 'not-found' })
  assert.deepEqual((await theirs.listDomains({})).data, [])
  await assert.rejects(app.client(links).addDomain({ host: 'go.example.org' }), { code: 'unauthenticated' })
})

test('a verified host serves codes, landing page and forms at its root on both routes; other hosts do not', async t => {
  const { app, mine, txt } = await open(t)
  const domain = await mine.addDomain({ host: 'go.example.org', landingUrl: 'https://example.org/home' })
  txt.set(domain.verification.txtName, [domain.verification.value])
  await mine.verifyDomain({ id: domain.id })
  await mine.createLink({ url: `${url}/own`, alias: 'menu' })
  await mine.createLink({ url: `${url}/custom`, alias: 'menu', domain: domain.host })
  const secret = await mine.createLink({
    url: `${url}/secret`,
    alias: 'vault',
    domain: domain.host,
    password: 'sesame',
  })
  await app.http.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.http.server.address() as AddressInfo
  const visit = async (path: string, host: string, body?: string) => {
    const asked = request({ port, path, headers: { host, ...(body ? form : {}) }, method: body ? 'POST' : 'GET' })
    asked.end(body)
    const [answer] = (await once(asked, 'response')) as [IncomingMessage]
    answer.resume()
    await once(answer, 'end')
    return `${answer.statusCode} ${answer.headers.location ?? ''}`.trim()
  }
  for (let again = 0; again < 3; again++) {
    assert.equal(await visit('/menu', 'go.example.org'), `302 ${url}/custom`)
    assert.equal(await visit('/menu?utm_source=x', 'GO.example.org:80'), `302 ${url}/custom`)
    assert.equal(await visit('/s/menu', 'localhost'), `302 ${url}/own`)
    assert.equal(await visit('/s/menu', 'go.example.org'), `302 ${url}/custom`, 'never the code of another host')
  }
  assert.equal(await visit('/', 'go.example.org'), '302 https://example.org/home')
  assert.equal(await visit('/nowhere', 'go.example.org'), '404')
  assert.equal(await visit('/menu', 'other.example.org'), '404')
  assert.equal(await visit('/s', 'localhost'), '404')
  assert.equal(await visit('/vault', 'go.example.org', 'password=sesame'), `303 ${secret.url}`)
  assert.equal(await visit('/menu', 'a'.repeat(300)), '404')
  assert.equal(await visit('/menu', 'not a host'), '404')
})

const form = { 'content-type': 'application/x-www-form-urlencoded' }

test("a host that lost its proof stays its owner's for a week, then goes to the account that verifies it", async t => {
  const { app, mine, theirs, txt, advanceDays, failDns, mails } = await openAging(t)
  const domain = await mine.addDomain({ host: 'go.example.org' })
  const { txtName, value } = domain.verification
  txt.set(txtName, [value])
  await mine.verifyDomain({ id: domain.id })
  await mine.createLink({ url, alias: 'menu', domain: domain.host })
  const stateOf = async () => {
    const [row] = (await mine.listDomains({})).data
    return [row?.isVerified, row?.missingSince !== null]
  }

  await advanceDays(2)
  assert.deepEqual([await stateOf(), mails.length], [[true, false], 0])
  txt.delete(txtName)
  failDns(true)
  await advanceDays(9)
  assert.deepEqual(await stateOf(), [true, false], 'DNS that cannot be asked says nothing')
  failDns(false)
  await advanceDays(1)
  assert.deepEqual(await stateOf(), [true, true])
  txt.set(txtName, [value])
  await advanceDays(1)
  assert.deepEqual(await stateOf(), [true, false], 'what comes back in time was never gone')
  txt.delete(txtName)
  await advanceDays(1)
  const rival = await theirs.addDomain({ host: 'go.example.org' })
  txt.set(txtName, [rival.verification.value])
  await assert.rejects(theirs.verifyDomain({ id: rival.id }), { code: 'links.domain-taken' })
  await advanceDays(6)
  assert.deepEqual(await stateOf(), [true, true])
  await advanceDays(1)
  assert.equal((await stateOf())[0], false)
  assert.equal((await theirs.verifyDomain({ id: rival.id })).isVerified, true)
  const answer = await app.http.inject({ url: '/menu', headers: { host: 'go.example.org' } })
  assert.equal(answer.statusCode, 404)
  assert.deepEqual(mails, ['domain-proof-missing', 'domain-proof-missing', 'domain-lost'])
})

/** Days that pass one by one, each with its recheck. */
async function openAging(t: Test) {
  const txt = new Map<string, string[]>()
  let isDnsDown = false
  const mails: string[] = []
  const app = await testApp(t, {
    modules: [linksModule],
    outbound: {
      resolve: async () => [],
      async resolveTxt(name) {
        if (isDnsDown) throw new Error('no name server answers')
        return txt.get(name) ?? []
      },
    },
  })
  const ctx = app.runtime.host.contextOf('links', serviceRequest('links', newId(), 60_000)) as never as LinksContext
  const notify = async (_tx: unknown, kind: NotificationKind<LinksContext, object>, sent: NewNotification<object>) => {
    queued.push({ kind, sent })
  }
  const queued: { kind: NotificationKind<LinksContext, object>; sent: NewNotification<object> }[] = []
  return {
    app,
    txt,
    mails,
    mine: app.client(links, { token: app.as(newId()) }),
    theirs: app.client(links, { token: app.as(newId()) }),
    failDns: (isDown: boolean) => {
      isDnsDown = isDown
    },
    async advanceDays(days: number) {
      for (let day = 0; day < days; day++) {
        app.nowMs += 86_400_001
        await recheckDomains.run({ ...ctx, notify } as never, {}, {} as never)
        for (const { kind, sent } of queued.splice(0)) if (await kind.isCurrent?.(ctx, sent)) mails.push(kind.name)
      }
    },
  }
}
