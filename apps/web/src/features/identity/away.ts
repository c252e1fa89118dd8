/** Remembers that this tab left for a provider, which may have signed it in; the page cannot detect that otherwise. */

const key = 'octet.away'

export function goAway(url: string): void {
  try {
    sessionStorage.setItem(key, '1')
  } catch {
    // Without storage, the returning user is not recognised until they sign in here.
  }
  window.location.assign(url)
}

/**
 * True once after the return. When the provider fails, the user returns to the sign-in page, which shows the reason.
 */
export function isBack(): boolean {
  try {
    const wasAway = sessionStorage.getItem(key) !== null
    sessionStorage.removeItem(key)
    return wasAway && window.location.pathname !== '/sign-in'
  } catch {
    return false
  }
}
