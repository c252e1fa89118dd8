/** People who shorten, change, delete and follow links, and say everything twice when they are not sure. */
import type { Call } from '../history/history.ts'
import { signUp } from './identity.ts'
import type { Workload, World } from './workload.ts'

interface Own {
  readonly id: string
  readonly code: string
  isDeleted: boolean
}

interface Shortener {
  readonly world: World
  readonly token: string
  readonly links: Own[]
  /** Names of links that were asked for and never answered. */
  readonly open: string[]
  count: number
}

/** Ids of links that are somebody's: what the others must not get. */
const everybodys = new Map<string, string[]>()

export const linksWorkload: Workload = {
  name: 'links',
  clients: 6,
  actsMin: 25,
  async prepare(world) {
    const { token } = await signUp(world)
    const person: Shortener = { world, token, links: [], open: [], count: 0 }
    await create(person)
    return { act: () => act(person), settle: () => settle(person) }
  },
}

function act(person: Shortener): Promise<void> {
  const dice = person.world.random.next()
  if (dice < 0.5 || person.links.length === 0) return create(person)
  if (dice < 0.65) return update(person)
  if (dice < 0.7) return remove(person)
  if (dice < 0.9) return follow(person)
  return snoop(person)
}

async function create(person: Shortener): Promise<void> {
  const { client, random, run } = person.world
  const name = `${run}-${client.name}-${person.count++}`
  const first = () => askFor(person, name)
  const answers = random.chance(0.25) ? await Promise.all([first(), first()]) : [await first()]
  let known = answers.find(({ kind }) => kind === 'ok')
  // Whoever gets no answer asks again, sometimes: the key makes that safe. The rest stays open.
  for (let attempt = 0; known === undefined && attempt < 4 && random.chance(0.3); attempt++) {
    const again = await first()
    if (again.kind === 'ok') known = again
  }
  if (known === undefined) {
    person.open.push(name)
    return
  }
  if (random.chance(0.3)) await first()
  if (random.chance(0.1)) await askFor(person, name, '/other')
  remember(person, known)
}

async function settle(person: Shortener): Promise<void> {
  for (const name of person.open) for (let time = 0; time < 2; time++) await askFor(person, name)
}

/** `other`: another request under the same key. */
function askFor({ world, token }: Shortener, name: string, other = ''): Promise<Call> {
  const url = `https://example.org/${name}${other}`
  const op = other === '' ? 'links.create' : 'links.create-other'
  const body = { url, title: name }
  return world.client.ask({ op, method: 'POST', path: '/links', body, token, key: `key-${name}`, subject: url })
}

function remember({ world, links }: Shortener, { body }: Call): void {
  const { id, code } = body as { id: string; code: string }
  if (links.some(link => link.id === id)) return
  links.push({ id, code, isDeleted: false })
  const ids = everybodys.get(world.client.name) ?? []
  ids.push(id)
  everybodys.set(world.client.name, ids)
}

async function update({ world, token, links, count }: Shortener): Promise<void> {
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

/** Asks for what is somebody else's. */
async function snoop({ world, token }: Shortener): Promise<void> {
  const others = [...everybodys].filter(([name]) => name !== world.client.name && name.startsWith('links'))
  if (others.length === 0) return
  const [, ids] = world.random.pick(others)
  const subject = world.random.pick(ids)
  await world.client.ask({ op: 'links.snoop', method: 'GET', path: `/links/${subject}`, token, subject })
}
