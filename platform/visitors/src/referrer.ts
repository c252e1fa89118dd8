/** Host of a referrer, without `www.`; empty unless it is a web address. The path may be private, so it is dropped. */
export function referrerHost(referrer: string): string {
  const match = /^https?:\/\/(?:www\.)?([a-z0-9.-]{1,100})(?:[/:?#]|$)/i.exec(referrer)
  return match?.[1]?.toLowerCase() ?? ''
}
