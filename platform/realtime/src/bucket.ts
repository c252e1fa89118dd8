/** A token bucket. */
export interface Bucket {
  left: number
  atMs: number
}

export interface Rate {
  readonly burst: number
  readonly perSecond: number
}

/** Takes one token; returns 0, or the milliseconds until the next token. */
export function takeToken(bucket: Bucket, { burst, perSecond }: Rate, nowMs: number): number {
  const left = Math.min(burst, bucket.left + ((nowMs - bucket.atMs) * perSecond) / 1_000)
  bucket.atMs = nowMs
  bucket.left = left >= 1 ? left - 1 : left
  return left >= 1 ? 0 : Math.ceil(((1 - left) * 1_000) / perSecond)
}
