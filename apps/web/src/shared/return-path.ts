/** Where a user goes after signing in: back to the previous page, and never to another site. */

const here = 'http://here.invalid'

/**
 * Returns the path if it is one of this site, else `/`. Parses it like a browser, for which `/\host` is another site.
 */
export function safePath(next: string | undefined): string {
  const url = URL.parse(next ?? '/', here)
  return url?.origin === here ? `${url.pathname}${url.search}${url.hash}` : '/'
}
