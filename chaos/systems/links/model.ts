/** Links of one owner as a plain list: the reference for every answer of the server. */

export interface ModelLink {
  readonly id: string
  readonly code: string
  readonly createdAtMs: number
  url: string
  title: string | null
  tags: string[]
  expiresAtMs: number | null
  clicksMax: number | null
  /** Clicks used of `clicksMax`. */
  used: number
  folder: ModelFolder | null
  isArchived: boolean
  version: number
  /** Human visits that were redirected. */
  clicks: number
  botClicks: number
  isDeleted: boolean
}

export interface ModelFolder {
  readonly id: string
  readonly name: string
}

export interface LinksModel {
  readonly links: ModelLink[]
  readonly folders: ModelFolder[]
  /** Normalised codes, including those of deleted links. */
  readonly taken: Set<string>
  nowMs: number
}

export interface Change {
  readonly url?: string | undefined
  readonly title?: string | null | undefined
  readonly tags?: readonly string[] | undefined
  readonly clicksMax?: number | null | undefined
  /** Seconds from now. */
  readonly expiresInMs?: number | null | undefined
  readonly isArchived?: boolean | undefined
}

export function emptyLinks(nowMs: number): LinksModel {
  return { links: [], folders: [], taken: new Set(), nowMs }
}

/** The link at an index, including deleted ones. */
export function pick(model: LinksModel, index: number): ModelLink {
  const link = model.links[index % model.links.length]
  if (link === undefined) throw new Error('there is no link to pick')
  return link
}

/** Codes that look alike are equal. */
export function comparable(code: string): string {
  return code.toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l').replaceAll('i', 'l')
}

export function change(model: LinksModel, link: ModelLink, wanted: Change): void {
  const { url, title, tags, clicksMax, expiresInMs, isArchived } = wanted
  if (url !== undefined) link.url = url
  if (title !== undefined) link.title = title
  if (tags !== undefined) link.tags = [...tags]
  if (clicksMax !== undefined) link.clicksMax = clicksMax
  if (link.clicksMax === null) link.used = 0
  if (expiresInMs !== undefined) link.expiresAtMs = expiresInMs === null ? null : model.nowMs + expiresInMs
  if (isArchived !== undefined) link.isArchived = isArchived
  link.version++
}

export function remove(link: ModelLink): void {
  link.isDeleted = true
}

export type Visitor = 'person' | 'crawler' | 'head'

/** The status of one visit, and its effect on the link. */
export function visit(model: LinksModel, link: ModelLink, visitor: Visitor): number {
  if (link.isDeleted) return 404
  if (link.expiresAtMs !== null && link.expiresAtMs <= model.nowMs) return 410
  const isLimited = link.clicksMax !== null
  if (visitor === 'crawler') {
    link.botClicks++
    return isLimited ? 200 : 302 // a crawler gets a card of a limited link and uses no click
  }
  if (visitor === 'head') return isLimited ? 200 : 302
  if (link.clicksMax !== null && link.used >= link.clicksMax) return 410
  if (isLimited) link.used++
  link.clicks++
  return 302
}

/** Newest first. */
export function listed(
  model: LinksModel,
  filter: { isArchived: boolean; tag?: string | undefined; folder?: ModelFolder | undefined },
): ModelLink[] {
  return model.links
    .filter(link => !link.isDeleted && link.isArchived === filter.isArchived)
    .filter(({ tags }) => filter.tag === undefined || tags.includes(filter.tag))
    .filter(({ folder }) => filter.folder === undefined || folder === filter.folder)
    .sort((a, b) => b.createdAtMs - a.createdAtMs || (a.id < b.id ? 1 : -1))
}

/** Most used first. */
export function countedTags(model: LinksModel): { tag: string; links: number }[] {
  const counts = new Map<string, number>()
  const tags = model.links.filter(({ isDeleted }) => !isDeleted).flatMap(link => link.tags)
  for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1)
  return [...counts]
    .map(([tag, links]) => ({ tag, links }))
    .sort((a, b) => b.links - a.links || (a.tag < b.tag ? -1 : 1))
}

/** Two tags with the same name are merged. Returns how many links changed. */
export function retag(model: LinksModel, tag: string, name: string | null): number {
  if (tag === name) return 0
  const concerned = model.links.filter(link => !link.isDeleted && link.tags.includes(tag))
  for (const link of concerned) {
    const others = link.tags.filter(one => one !== tag && one !== name)
    link.tags = name === null ? others : [...others, name]
    link.version++
  }
  return concerned.length
}
