/** The API call behind a page, as a command to paste into a shell. */
import type { Operation } from '@octet/contracts'
import { requestOf } from './api.ts'

export interface ApiCall {
  readonly operation: Operation
  readonly input: object
  /** Sent as `If-Match`. */
  readonly ifMatch?: number
}

/** Where a real token stands in for the placeholder. */
export const tokenPlaceholder = '$OCTET_TOKEN'

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

/** A curl command that does what the page does; one option a line. */
export function curlOf({ operation, input, ifMatch }: ApiCall, origin: string): string {
  const { method, path, body } = requestOf(operation, input)
  const lines = [`curl ${method === 'GET' ? '' : `-X ${method} `}${quoted(`${origin}${path}`)}`]
  if (operation.access.kind !== 'anyone') lines.push(`-H "Authorization: Bearer ${tokenPlaceholder}"`)
  if (operation.retry === 'keyed') lines.push('-H "Idempotency-Key: $(uuidgen)"')
  if (ifMatch !== undefined) lines.push(`-H 'If-Match: "${ifMatch}"'`)
  if (body !== undefined) lines.push("-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(body))}`)
  return lines.join(' \\\n  ')
}
