/** Whether this tab was away at a provider, which may have signed it in: the page cannot see that by itself. */

const key = 'octet.away'

export function goAway(url: string): void {
  try {
    sessionStorage.setItem(key, '1')
  } catch {
    // Then whoever comes back is not recognised until they sign in here.
  }
  window.location.assign(url)
}

/** True once after coming back. Without success one comes back to the sign-in page, which says why. */
export function isBack(): boolean {
  try {
    const wasAway = sessionStorage.getItem(key) !== null
    sessionStorage.removeItem(key)
    return wasAway && window.location.pathname !== '/sign-in'
  } catch {
    return false
  }
}
