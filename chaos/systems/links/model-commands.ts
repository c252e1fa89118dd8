/** What an owner, another account and visitors do to links; the model checks every answer. */
import assert from 'node:assert/strict'
import type { Link } from '@octet/contracts/links'
import type { Response } from '@octet/testkit'
import fc from 'fast-check'
import { command, type Step } from '../model-command.ts'
import {
  type Change,
  change,
  comparable,
  countedTags,
  type LinksModel,
  listed,
  type ModelFolder,
  type ModelLink,
  pick,
  remove,
  retag,
  type Visitor,
  visit,
} from './model.ts'

export interface LinksReal {
  ask(operation: string, input: object, options?: { idempotencyKey?: string; ifMatch?: number }): Promise<Response>
  /** The same request by another account. */
  askAsStranger(operation: string, input: object): Promise<Response>
  follow(code: string, visitor: Visitor): Promise<{ status: number; location: string | null }>
  moveClock(nowMs: number): void
  /** Keeps the aliases of different runs apart. */
  readonly prefix: string
}

type Of<Args> = Step<LinksModel, LinksReal, Args>

const index = fc.nat(20)
const url = fc.constantFrom('https://example.org/a', 'https://example.org/b?c=d', 'https://example.com/ü')
const tag = fc.constantFrom('red', 'blue', 'green')
const tags = fc.uniqueArray(tag, { maxLength: 3 })
const clicksMax = fc.constantFrom(1, 2, 5)
const expiresInMs = fc.constantFrom(5_000, 60_000)
const title = fc.constantFrom('One', 'Two')
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 })
const some = <T>(value: fc.Arbitrary<T>) => maybe(fc.option(value, { nil: null, freq: 3 }))
const hasLinks = (model: LinksModel) => model.links.length > 0
const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())

function codeOf({ body }: Response): unknown {
  return (body as { code?: unknown } | undefined)?.code
}

function refused(answer: Response, status: number, code: string): void {
  assert.deepEqual([answer.status, codeOf(answer)], [status, code])
}

/** Clicks are counted with a delay and never exceed the visits. */
function same(got: Link, link: ModelLink): void {
  const { id, code, url, title, tags, folderId, archivedAt, expiresAt, clicksMax, version, clicks } = got
  const shown = { id, code, url, title, tags, folderId, isArchived: archivedAt !== null, expiresAt, clicksMax, version }
  const { folder, expiresAtMs, isArchived } = link
  assert.deepEqual(shown, {
    ...{ id: link.id, code: link.code, url: link.url, title: link.title, tags: link.tags, clicksMax: link.clicksMax },
    ...{ folderId: folder?.id ?? null, isArchived, expiresAt: iso(expiresAtMs), version: link.version },
  })
  assert.ok(clicks <= link.clicks, `${clicks} clicks of ${link.clicks}`)
}

interface Wanted {
  readonly url: string
  readonly alias?: string | undefined
  readonly title?: string | undefined
  readonly tags?: string[] | undefined
  readonly clicksMax?: number | undefined
  readonly expiresInMs?: number | undefined
  readonly folder?: number | undefined
  readonly isSaidTwice: boolean
}

let keys = 0

const create: Of<Wanted> = {
  async run(model, real, { alias, folder, isSaidTwice, expiresInMs: inMs, ...rest }) {
    model.nowMs += 1 // each has its own expiry
    real.moveClock(model.nowMs)
    const chosen = alias === undefined ? undefined : `${real.prefix}${alias}`
    const inside = folder === undefined ? undefined : model.folders[folder % (model.folders.length || 1)]
    const expiresAtMs = inMs === undefined ? null : model.nowMs + inMs
    const input = {
      ...rest,
      ...(chosen === undefined ? {} : { alias: chosen }),
      ...(inside === undefined ? {} : { folderId: inside.id }),
      ...(expiresAtMs === null ? {} : { expiresAt: iso(expiresAtMs) }),
    }
    const options = { idempotencyKey: `model-${real.prefix}-${keys++}` }
    const answer = await real.ask('createLink', input, options)
    if (chosen !== undefined && model.taken.has(comparable(chosen))) {
      return refused(answer, 409, 'links.alias-taken')
    }
    assert.equal(answer.status, 201, JSON.stringify(answer.body))
    const made = answer.body as Link
    if (chosen !== undefined) assert.equal(made.code, chosen)
    assert.equal(model.taken.has(comparable(made.code)), false, `${made.code} is taken`)
    const { url: to, title: called = null, tags: tagged = [], clicksMax: most = null } = rest
    const link: ModelLink = {
      ...{ id: made.id, code: made.code, createdAtMs: model.nowMs, url: to, title: called, tags: tagged },
      ...{ expiresAtMs, clicksMax: most, used: 0, folder: inside ?? null, isArchived: false, version: 1 },
      ...{ clicks: 0, botClicks: 0, isDeleted: false },
    }
    model.links.push(link)
    model.taken.add(comparable(made.code))
    same(made, link)
    if (isSaidTwice) assert.deepEqual((await real.ask('createLink', input, options)).body, made)
  },
}

interface Wish {
  readonly index: number
  readonly change: Change
  readonly version: 'any' | 'right' | 'old'
}

function inputOf(model: LinksModel, { expiresInMs: inMs, ...rest }: Change): object {
  const given = Object.entries(rest).filter(([, value]) => value !== undefined)
  const expiry = inMs === undefined ? {} : { expiresAt: inMs === null ? null : iso(model.nowMs + inMs) }
  return { ...Object.fromEntries(given), ...expiry }
}

const update: Of<Wish> = {
  when: hasLinks,
  async run(model, real, { index: at, change: wanted, version }) {
    const link = pick(model, at)
    const ifMatch = version === 'any' ? {} : { ifMatch: link.version - (version === 'old' ? 1 : 0) }
    const answer = await real.ask('updateLink', { id: link.id, ...inputOf(model, wanted) }, ifMatch)
    if (link.isDeleted) return refused(answer, 404, 'not-found')
    if (version === 'old') return refused(answer, 412, 'version-mismatch')
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
    change(model, link, wanted)
    same(answer.body as Link, link)
  },
}

const updateMany: Of<{ indexes: number[]; change: Change }> = {
  when: hasLinks,
  async run(model, real, { indexes, change: wanted }) {
    const chosen = [...new Set(indexes.map(at => pick(model, at)))]
    const asked = chosen.map(({ id }) => ({ id, ...inputOf(model, wanted) }))
    const options = { idempotencyKey: `model-${real.prefix}-${keys++}` }
    const answer = await real.ask('updateLinks', { links: asked }, options)
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
    const { results } = answer.body as { results: { link: Link | null; problem: { code: string } | null }[] }
    for (const [at, link] of chosen.entries()) {
      const result = results[at]
      if (link.isDeleted) {
        assert.equal(result?.problem?.code, 'not-found')
        continue
      }
      change(model, link, wanted)
      same(result?.link as Link, link)
    }
  },
}

const remove1: Of<{ index: number }> = {
  when: hasLinks,
  async run(model, real, { index: at }) {
    const link = pick(model, at)
    const answer = await real.ask('deleteLink', { id: link.id })
    if (link.isDeleted) return refused(answer, 404, 'not-found')
    assert.equal(answer.status, 204)
    remove(link)
  },
}

const removeMany: Of<{ indexes: number[] }> = {
  when: hasLinks,
  async run(model, real, { indexes }) {
    const chosen = [...new Set(indexes.map(at => pick(model, at)))]
    const alive = chosen.filter(({ isDeleted }) => !isDeleted)
    const options = { idempotencyKey: `model-${real.prefix}-${keys++}` }
    const answer = await real.ask('deleteLinks', { ids: chosen.map(({ id }) => id) }, options)
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
    assert.equal((answer.body as { done: number }).done, alive.length)
    for (const link of alive) remove(link)
  },
}

const look: Of<{ index: number }> = {
  when: hasLinks,
  async run(model, real, { index: at }) {
    const link = pick(model, at)
    const answer = await real.ask('getLink', { id: link.id })
    if (link.isDeleted) return refused(answer, 404, 'not-found')
    same(answer.body as Link, link)
  },
}

const meddle: Of<{ index: number; how: 'getLink' | 'updateLink' | 'deleteLink' }> = {
  when: hasLinks,
  async run(model, real, { index: at, how }) {
    const { id } = pick(model, at)
    const answer = await real.askAsStranger(how, how === 'updateLink' ? { id, title: 'Mine' } : { id })
    refused(answer, 404, 'not-found')
  },
}

const list: Of<{ isArchived: boolean; tag?: string | undefined; folder?: number | undefined }> = {
  async run(model, real, { isArchived, tag: tagged, folder: at }) {
    const folder = at === undefined ? undefined : model.folders[at % (model.folders.length || 1)]
    const filter = { isArchived, ...(tagged === undefined ? {} : { tag: tagged }) }
    const wanted = listed(model, { ...filter, folder })
    const got: Link[] = []
    let cursor: string | undefined
    do {
      const inFolder = folder === undefined ? {} : { folderId: folder.id }
      const page = cursor === undefined ? {} : { cursor }
      const answer = await real.ask('listLinks', { ...filter, ...inFolder, ...page, limit: 3 })
      const { data, meta } = answer.body as { data: Link[]; meta: { nextCursor: string | null } }
      got.push(...data)
      cursor = meta.nextCursor ?? undefined
    } while (cursor !== undefined)
    const ids = (of: readonly { id: string }[]) => of.map(({ id }) => id)
    assert.deepEqual(ids(got), ids(wanted))
    for (const [place, link] of wanted.entries()) same(got[place] as Link, link)
  },
}

const follow: Of<{ index: number; visitor: Visitor; isMisread: boolean; times: number }> = {
  when: hasLinks,
  async run(model, real, { index: at, visitor, isMisread, times }) {
    const link = pick(model, at)
    const code = isMisread ? link.code.toUpperCase().replaceAll('O', '0') : link.code
    const answers = await Promise.all(Array.from({ length: times }, () => real.follow(code, visitor)))
    const wanted = answers.map(() => visit(model, link, visitor))
    // Concurrent visits have no first one.
    assert.deepEqual(answers.map(({ status }) => status).sort(), wanted.sort())
    for (const { status, location } of answers) {
      assert.equal(location, status === 302 ? new URL(link.url).href : null)
    }
  },
}

const wait: Of<{ seconds: number }> = {
  async run(model, real, { seconds }) {
    model.nowMs += seconds * 1_000
    real.moveClock(model.nowMs)
  },
}

const rename: Of<{ tag: string; name: string | null }> = {
  async run(model, real, { tag: from, name }) {
    const answer =
      name === null ? await real.ask('deleteTag', { tag: from }) : await real.ask('renameTag', { tag: from, name })
    assert.deepEqual(answer.body, { links: retag(model, from, name) })
    assert.deepEqual((await real.ask('listTags', {})).body, { data: countedTags(model) })
  },
}

const folders: Of<{ name: string; isGoing: boolean }> = {
  async run(model, real, { name, isGoing }) {
    const known = model.folders.findIndex(folder => folder.name.toLowerCase() === name.toLowerCase())
    const folder = model.folders[known]
    if (isGoing && folder !== undefined) {
      assert.equal((await real.ask('deleteFolder', { id: folder.id })).status, 204)
      model.folders.splice(known, 1)
      for (const link of model.links) if (link.folder === folder) link.folder = null
      return
    }
    const answer = await real.ask('createFolder', { name }, { idempotencyKey: `model-${real.prefix}-${keys++}` })
    if (folder !== undefined) return refused(answer, 409, 'links.folder-exists')
    assert.equal(answer.status, 201, JSON.stringify(answer.body))
    model.folders.push({ id: (answer.body as ModelFolder).id, name })
  },
}

const changes = fc
  .record({ url: maybe(url), title: some(title), tags: maybe(tags), clicksMax: some(clicksMax) })
  .chain(first => some(expiresInMs).map(inMs => ({ ...first, expiresInMs: inMs })))
const newLink = fc.record({
  ...{ url, alias: maybe(fc.constantFrom('good', 'GO0D', 'gold', 'g1ld')), title: maybe(title), tags: maybe(tags) },
  ...{ clicksMax: maybe(clicksMax), expiresInMs: maybe(expiresInMs), folder: maybe(fc.nat(3)) },
  isSaidTwice: fc.boolean(),
})
const indexes = fc.array(index, { minLength: 1, maxLength: 4 })
const visitors = fc.constantFrom<Visitor>('person', 'person', 'person', 'crawler', 'head')
const versions = fc.constantFrom<Wish['version']>('any', 'right', 'old')
const meddling = fc.constantFrom('getLink' as const, 'updateLink' as const, 'deleteLink' as const)

const visits = fc.record({ index, visitor: visitors, isMisread: fc.boolean(), times: fc.constantFrom(1, 1, 3) })

/** Creating and following are more frequent than the rest. */
export const linkCommands = [
  command('create', newLink, create),
  command('create', newLink, create),
  command('create', newLink, create),
  command('update', fc.record({ index, change: changes, version: versions }), update),
  command('archive', fc.record({ index, isArchived: fc.boolean() }), {
    when: hasLinks,
    run: (model, real: LinksReal, { index: at, isArchived }) =>
      update.run(model, real, { index: at, change: { isArchived }, version: 'any' }),
  }),
  command('update many', fc.record({ indexes, change: changes }), updateMany),
  command('delete', fc.record({ index }), remove1),
  command('delete many', fc.record({ indexes }), removeMany),
  command('look', fc.record({ index }), look),
  command('meddle', fc.record({ index, how: meddling }), meddle),
  command('list', fc.record({ isArchived: fc.boolean(), tag: maybe(tag), folder: maybe(fc.nat(3)) }), list),
  command('follow', visits, follow),
  command('follow', visits, follow),
  command('follow', visits, follow),
  command('follow', visits, follow),
  command('wait', fc.record({ seconds: fc.constantFrom(1, 5, 61) }), wait),
  command('tag', fc.record({ tag, name: fc.option(tag, { nil: null }) }), rename),
  command('folder', fc.record({ name: fc.constantFrom('In', 'IN', 'Out'), isGoing: fc.boolean() }), folders),
]
