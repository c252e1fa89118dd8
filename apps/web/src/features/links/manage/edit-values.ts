/** Converts between a link and the values of its edit form, and finds the changes. Pure functions. */
import type { Link } from '@octet/contracts/links'
import { fromZonedInput, toZonedInput, withScheme } from '../../../shared/format.ts'
import type { LinkValues } from '../link-address.ts'
import type { LinkChange } from './update-link.ts'

export interface EditValues extends LinkValues {
  /** A new password; '' keeps the old one. */
  readonly password: string
  readonly isPasswordRemoved: boolean
}

export function editValuesOf(link: Link, timeZone: string): EditValues {
  return {
    url: link.url,
    title: link.title ?? '',
    expiresAt: toZonedInput(link.expiresAt, timeZone),
    clicksMax: link.clicksMax === null ? '' : String(link.clicksMax),
    tags: link.tags,
    password: '',
    isPasswordRemoved: false,
  }
}

/** The request: only the fields that differ from the version the user started from. */
export function changeOf(values: EditValues, link: Link, timeZone: string): LinkChange {
  const base = editValuesOf(link, timeZone)
  const change: { -readonly [K in keyof LinkChange]: LinkChange[K] } = {}
  const url = withScheme(values.url)
  if (url !== link.url) change.url = url
  if (values.title.trim() !== base.title) change.title = values.title.trim() || null
  if (values.expiresAt !== base.expiresAt) change.expiresAt = fromZonedInput(values.expiresAt, timeZone)
  if (values.clicksMax !== base.clicksMax) {
    change.clicksMax = values.clicksMax === '' ? null : Number(values.clicksMax)
  }
  if (values.tags.join('\n') !== base.tags.join('\n')) change.tags = [...values.tags]
  if (values.isPasswordRemoved) change.password = null
  else if (values.password !== '') change.password = values.password
  return change
}

export function isChanged(change: LinkChange): boolean {
  return Object.keys(change).length > 0
}

/** A field that both sides changed, or one that the user did not touch, shown side by side on a conflict. */
export interface Difference {
  readonly field: 'url' | 'title' | 'expiresAt' | 'clicksMax' | 'tags' | 'password'
  readonly theirs: string
  readonly mine: string
}

/** The differences between the server's version and the user's. */
export function differencesOf(theirs: Link, change: LinkChange): readonly Difference[] {
  const { password, ...rest } = change
  const shown: Record<string, unknown> = { ...theirs }
  const text = (value: unknown) => (Array.isArray(value) ? value.join(', ') : String(value ?? ''))
  const differences = Object.entries(rest)
    .map(([field, mine]) => ({ field, theirs: text(shown[field]), mine: text(mine) }))
    .filter(each => each.theirs !== each.mine) as Difference[]
  if (password === undefined) return differences
  const hidden = (isSet: boolean) => (isSet ? '••••' : '')
  return [...differences, { field: 'password', theirs: hidden(theirs.hasPassword), mine: hidden(password !== null) }]
}
