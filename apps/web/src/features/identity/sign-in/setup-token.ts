/**
 * The one-time token of the first start, from the fragment of its link; stored for this tab, so that it survives a
 * reload.
 */

const key = 'octet.setup-token'

/** The token from a fragment (`#t=…`), a whole link or pasted text; `undefined` when it has none. */
export function tokenIn(text: string): string | undefined {
  const found = /[#&]t=([^&\s]+)/.exec(text)?.[1] ?? /^\s*([\w.-]{8,100})\s*$/.exec(text)?.[1]
  return found === undefined ? undefined : decodeURIComponent(found)
}

/** Removes the token from the address, because it would stay in the history and in shared screens. */
export function takeToken(): string | undefined {
  const token = tokenIn(window.location.hash)
  if (token !== undefined) {
    keepToken(token)
    window.history.replaceState(window.history.state, '', window.location.pathname)
    return token
  }
  try {
    return sessionStorage.getItem(key) ?? undefined
  } catch {
    return undefined
  }
}

export function keepToken(token: string | undefined): void {
  try {
    if (token === undefined) sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, token)
  } catch {
    // Without storage the token lives as long as the page; the link in the terminal still works.
  }
}
