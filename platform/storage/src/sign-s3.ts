/**
 * AWS Signature Version 4 (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html), the
 * part that storage needs. The SDK would bring 60 packages for it.
 */
import { createHash, createHmac } from 'node:crypto'

export interface S3Credentials {
  readonly accessKey: string
  readonly secretKey: string
  readonly region: string
}

export interface SignedRequest {
  readonly method: string
  readonly url: URL
  /** In lower case; `host`, `x-amz-date` and `x-amz-content-sha256` are added. */
  readonly headers: Readonly<Record<string, string>>
  /** SHA-256 of the body in hex. */
  readonly bodySha256: string
}

/**
 * The request's headers with its signature. `at` is the current time; servers refuse clocks that are 15 minutes off.
 */
export function signS3(
  { method, url, headers, bodySha256 }: SignedRequest,
  { accessKey, secretKey, region }: S3Credentials,
  at: Date,
): Record<string, string> {
  const time = at.toISOString().replace(/[-:]|\.\d{3}/g, '')
  const scope = `${time.slice(0, 8)}/${region}/s3/aws4_request`
  const all: Record<string, string> = {
    ...headers,
    host: url.host,
    'x-amz-content-sha256': bodySha256,
    'x-amz-date': time,
  }
  const names = Object.keys(all).sort()
  const canonical = [
    method,
    url.pathname,
    canonicalQuery(url),
    ...names.map(name => `${name}:${all[name]?.trim()}`),
    '',
    names.join(';'),
    bodySha256,
  ].join('\n')
  const toSign = ['AWS4-HMAC-SHA256', time, scope, createHash('sha256').update(canonical).digest('hex')].join('\n')
  const key = [...scope.split('/')].reduce<Buffer | string>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${secretKey}`,
  )
  const signature = createHmac('sha256', key).update(toSign).digest('hex')
  const credential = `AWS4-HMAC-SHA256 Credential=${accessKey}/${scope}`
  return { ...all, authorization: `${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}` }
}

function canonicalQuery(url: URL): string {
  return [...url.searchParams]
    .map(([name, value]) => `${strictly(name)}=${strictly(value)}`)
    .sort()
    .join('&')
}

/** Encoded as RFC 3986 requires: `encodeURIComponent` leaves five characters unencoded. */
function strictly(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}
