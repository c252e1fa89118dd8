/**
 * Messages for invalid fields in the reader's language. The server's own words are English and begin with a verb, such
 * as "is taken". Unknown ones become "This value is not valid."
 */
import { fieldErrors } from '@octet/client'
import type { FieldError } from '@octet/contracts'
import type { MessageKey, Translate } from './i18n.tsx'

const known: readonly (readonly [RegExp, MessageKey])[] = [
  [/^is taken$/, 'field.taken'],
  [/most common passwords/, 'field.common-password'],
  [/your name or address/, 'field.own-name'],
  [/longer than|is too long/, 'field.too-long'],
  [/no visible character|is empty/, 'field.blank'],
  [/mail can be sent to/, 'field.no-mail-address'],
  [/throw-away/, 'field.throw-away-address'],
  [/leads back here/, 'field.leads-back'],
  [/user name/, 'field.user-name-in-url'],
  [/in the past/, 'field.past'],
]

export function fieldWords({ message }: Pick<FieldError, 'message'>, t: Translate): string {
  return t(known.find(([pattern]) => pattern.test(message))?.[1] ?? 'field.invalid')
}

/** The errors of a problem by the name of the form's field, such as `{alias: 'This name is taken.'}`. */
export function fieldErrorWords(error: unknown, t: Translate): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(fieldErrors(error)).map(([name, message]) => [name, fieldWords({ message }, t)]),
  )
}
