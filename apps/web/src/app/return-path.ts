/** Where to go after signing in: back to where one was, and never to another site. */

/** The path if it is one of this site, else `/`. `//host` and `/\host` are other sites to a browser. */
export function safePath(next: string | undefined): string {
  if (next === undefined || !/^\/(?![/\\])/.test(next)) return '/'
  const url = new URL(next, 'http://here.invalid')
  return url.host === 'here.invalid' ? `${url.pathname}${url.search}${url.hash}` : '/'
}
