/** The values of a link form and their errors. Pure, and small enough for the front page. */

import type { FormErrors } from '../../shared/form.ts'
import { fromZonedInput, withScheme } from '../../shared/format.ts'
import type { Translate } from '../../shared/i18n.tsx'
import { limits } from './limits.ts'

/** The typed fields: all text, '' for an empty one. */
export interface LinkValues {
  readonly url: string
  readonly title: string
  /** Value of a `datetime-local` input, in the user's time zone. */
  readonly expiresAt: string
  readonly clicksMax: string
  readonly tags: readonly string[]
}

/** Whether the text can be an address at all; the server decides about the rest. */
export function isAddress(typed: string): boolean {
  try {
    const { protocol, hostname } = new URL(withScheme(typed))
    return (protocol === 'http:' || protocol === 'https:') && (hostname.includes('.') || hostname === 'localhost')
  } catch {
    return false
  }
}

export function linkErrors(values: LinkValues, t: Translate, timeZone: string): FormErrors<LinkValues> {
  const expiresAt = fromZonedInput(values.expiresAt, timeZone)
  const isPast = expiresAt !== null && new Date(expiresAt).getTime() <= Date.now()
  return {
    url: isAddress(values.url) ? undefined : t(values.url.trim() === '' ? 'links.url-missing' : 'links.url-rule'),
    expiresAt: isPast ? t('problem.links.expiry-in-the-past') : undefined,
    tags: values.tags.some(tag => tag.length > limits.tag.max)
      ? t('links.tags-rule', { max: limits.tag.max })
      : undefined,
  }
}
