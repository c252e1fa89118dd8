/** Clients that create, rename, delete and follow links. */
import type { Call } from '../../history/history.ts'
import { signUp } from '../identity/sign-up.ts'
import { createUncertainly, type Workload, type World } from '../workload.ts'

interface OwnLink {
  readonly id: string
  readonly code: string
  isDeleted: boolean
}

interface Shortener {
  readonly world: World
  readonly token: string
  readonly links: OwnLink[]
  /** Names of links whose request was never answered. */
  readonly open: string[]
  count: number
}

/** Ids of links by client: each client tries to read those of the others. */
const linksByClient = new Map<string, string[]>()

export const linksWorkload: Workload = {
  clients: 6,
  actsMin: 25,
  async prepare(world) {
    const { token } = await signUp(world)
    const shortener: Shortener = { world, token, links: [], open: [], count: 0 }
    await create(shortener)
    return { act: () => act(shortener), settle: () => settle(shortener) }
  },
}

function act(shortener: Shortener): Promise<void> {
  const dice = shortener.world.random.next()
  if (dice < 0.5 || shortener.links.length === 0) return create(shortener)
  if (dice < 0.65) return rename(shortener)
  if (dice < 0.7) return remove(shortener)
  if (dice < 0.9) return follow(shortener)
  return readForeign(shortener)
}

async function create(shortener: Shortener): Promise<void> {
  const { client, random, run } = shortener.world
  const name = `${run}-${client.name}-${shortener.count++}`
  const acknowledged = await createUncertainly(random, {
    request: () => requestLink(shortener, name),
    other: () => requestLink(shortener, name, '/other'),
  })
  if (acknowledged === undefined) shortener.open.push(name)
  else remember(shortener, acknowledged)
}

async function settle(shortener: Shortener): Promise<void> {
  for (const name of shortener.open) for (let time = 0; time < 2; time++) await requestLink(shortener, name)
}

/** `other`: a different request under the same key. */
function requestLink({ world, token }: Shortener, name: string, other = ''): Promise<Call> {
  const url = `https://example.org/${name}${other}`
  const op = other === '' ? 'links.create' : 'links.create-other'
  const body = { url, title: name }
  return world.client.ask({ op, method: 'POST', path: '/links', body, token, key: `key-${name}`, subject: url })
}

function remember({ world, links }: Shortener, { body }: Call): void {
  const { id, code } = body as { id: string; code: string }
  if (links.some(link => link.id === id)) return
  links.push({ id, code, isDeleted: false })
  const ids = linksByClient.get(world.client.name) ?? []
  ids.push(id)
  linksByClient.set(world.client.name, ids)
}

async function rename({ world, token, links, count }: Shortener): Promise<void> {
  const link = world.random.pick(links)
  if (link.isDeleted) return
  const title = `title ${count} ${world.random.integer(0, 1e9)}`
  const path = `/links/${link.id}`
  const about = { subject: link.id, value: title }
  await world.client.ask({ op: 'links.update', method: 'PATCH', path, body: { title }, token, ...about })
}

async function remove({ world, token, links }: Shortener): Promise<void> {
  const link = world.random.pick(links)
  if (link.isDeleted) return
  link.isDeleted = true
  const path = `/links/${link.id}`
  await world.client.ask({ op: 'links.delete', method: 'DELETE', path, token, subject: link.id })
}

async function follow({ world, links }: Shortener): Promise<void> {
  const link = world.random.pick(links)
  if (link.isDeleted) return
  await world.client.ask({ op: 'links.follow', method: 'GET', path: `/s/${link.code}`, isPage: true, subject: link.id })
}

/** Requests a link of another account. */
async function readForeign({ world, token }: Shortener): Promise<void> {
  const others = [...linksByClient].filter(([name]) => name !== world.client.name)
  if (others.length === 0) return
  const [, ids] = world.random.pick(others)
  const subject = world.random.pick(ids)
  await world.client.ask({ op: 'links.read-foreign', method: 'GET', path: `/links/${subject}`, token, subject })
}
