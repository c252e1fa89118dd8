/** Where a browser may be sent after a sign-in: somewhere on this site, or home. */

const roundsMax = 5

/**
 * The path if every reader takes it for one of this origin, else `/`. Encoded twice or thrice counts as what it is in
 * the end: some server behind us may decode it again.
 */
export function safeReturnPath(wanted: string | undefined, origin: string): string {
  if (wanted === undefined || !isPlain(wanted)) return '/'
  let decoded = wanted
  for (let round = 0; round < roundsMax; round++) {
    let next: string
    try {
      next = decodeURIComponent(decoded)
    } catch {
      return '/'
    }
    if (next === decoded) {
      const url = URL.parse(wanted, origin)
      return url !== null && url.origin === origin && !url.pathname.startsWith('//') ? wanted : '/'
    }
    if (!isPlain(next)) return '/'
    decoded = next
  }
  return '/'
}

/** One slash first; no backslash, no dots that climb, nothing that a URL parser drops. */
function isPlain(path: string): boolean {
  return /^\/(?![/\\])[^\\\p{Cc}\p{Cf}\p{Z}]*$/u.test(path) && !/(^|\/)\.\.?(;|\/|$)/.test(path.split(/[?#]/)[0] ?? '')
}
