/** Addresses that are thrown away after use. */
import { disposableEmailBlocklistSet } from 'disposable-email-domains-js'

const disposable = disposableEmailBlocklistSet()

/** Whether the address is at a service that gives addresses for minutes, or below one of its domains. */
export function isDisposable(email: string): boolean {
  const labels = email
    .slice(email.lastIndexOf('@') + 1)
    .toLowerCase()
    .replace(/\.$/, '')
    .split('.')
  return labels.some((_, index) => disposable.has(labels.slice(index).join('.')))
}
