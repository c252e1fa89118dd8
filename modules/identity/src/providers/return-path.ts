/** Where a browser may go after sign-in: a path on this site. */

const roundsMax = 5

/**
 * The path if it is safe for every reader, otherwise `/`. Repeated encoding is decoded first, because a server behind
 * this one may decode again.
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

/** One leading slash, no backslash, no `..`, and no character that a URL parser drops. */
function isPlain(path: string): boolean {
  return /^\/(?![/\\])[^\\\p{Cc}\p{Cf}\p{Z}]*$/u.test(path) && !/(^|\/)\.\.?(;|\/|$)/.test(path.split(/[?#]/)[0] ?? '')
}
