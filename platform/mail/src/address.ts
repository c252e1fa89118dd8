/** The addresses a mail may be sent to: one mailbox in plain spelling. */

const lengthMax = 254
/**
 * The unquoted form of RFC 5321, and letters of any script (RFC 6531). Quotes, commas, angle brackets, colons and
 * spaces are refused: mail programs read them in different ways, and one address must never become two.
 */
const localPart = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u
const label = /^[\p{L}\p{N}]([\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?$/u

/** Whether the address can be read in one way only. */
export function isMailAddress(address: string): boolean {
  if (address.length > lengthMax) return false
  const at = address.lastIndexOf('@')
  const local = address.slice(0, at)
  const labels = address.slice(at + 1).split('.')
  if (at < 1 || local.length > 64 || !localPart.test(local)) return false
  return labels.length > 1 && labels.every(part => label.test(part)) && !/^\d+$/.test(labels.at(-1) ?? '')
}

export interface Mailbox {
  readonly name: string
  readonly address: string
}

/** Parses `Octet <no-reply@example.org>` or a bare address. Throws an Error that describes the mistake. */
export function parseMailbox(text: string): Mailbox {
  const [, name = '', address = text] = /^\s*([^<>"\p{Cc}]*?)\s*<([^<>]+)>\s*$/u.exec(text) ?? []
  if (!isMailAddress(address)) throw new Error('must be like no-reply@example.org or Name <no-reply@example.org>')
  return { name, address }
}
