/** Where to go after signing in: back to where one was, and never to another site. */

const here = 'http://here.invalid'

/** The path if it is one of this site, else `/`. Read as a browser reads it, to which `/\host` is another site. */
export function safePath(next: string | undefined): string {
  const url = URL.parse(next ?? '/', here)
  return url?.origin === here ? `${url.pathname}${url.search}${url.hash}` : '/'
}
