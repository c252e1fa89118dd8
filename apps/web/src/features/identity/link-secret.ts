/** Secrets in the fragment of a link (`#token=…`); stored for this tab, so that they survive a reload. */

const keyOf = (name: string) => `octet.secret.${name}`

function secretIn(fragment: string, name: string): string | undefined {
  return new URLSearchParams(fragment.replace(/^#/, '')).get(name) ?? undefined
}

/**
 * Removes the secret from the address, because it would stay in the history and in shared screens. `slot` names the
 * page.
 */
export function takeSecret(slot: string, name: string): string | undefined {
  const secret = secretIn(window.location.hash, name)
  if (secret !== undefined) {
    keepSecret(slot, secret)
    window.history.replaceState(window.history.state, '', window.location.pathname)
    return secret
  }
  try {
    return sessionStorage.getItem(keyOf(slot)) ?? undefined
  } catch {
    return undefined
  }
}

/** `undefined` deletes it. */
export function keepSecret(slot: string, secret: string | undefined): void {
  try {
    if (secret === undefined) sessionStorage.removeItem(keyOf(slot))
    else sessionStorage.setItem(keyOf(slot), secret)
  } catch {
    // Without storage it lives as long as the page; the link in the mail still works.
  }
}
