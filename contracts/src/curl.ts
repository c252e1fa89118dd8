/** An API call as a command to paste into a shell: shown by the documentation and by the web client. */
import type { Operation } from './define.ts'
import { requestOf } from './request.ts'

export interface ApiCall {
  readonly operation: Operation
  readonly input: object
  /** Sent as `If-Match`. */
  readonly ifMatch?: number
}

/** The shell variable that stands for the caller's token. */
export const tokenPlaceholder = '$OCTET_TOKEN'

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

/** A curl command for the call, one option a line. A text body is read from a file: `@file`. */
export function curlOf({ operation, input, ifMatch }: ApiCall, origin: string): string {
  const { method, path, body } = requestOf(operation, input)
  const { access, retry, accepts } = operation
  const lines = [`curl ${method === 'GET' ? '' : `-X ${method} `}${quoted(`${origin}${path}`)}`]
  if (access.kind !== 'anyone') lines.push(`-H "Authorization: Bearer ${tokenPlaceholder}"`)
  if (retry === 'keyed') lines.push('-H "Idempotency-Key: $(uuidgen)"')
  if (ifMatch !== undefined) lines.push(`-H 'If-Match: "${ifMatch}"'`)
  if (accepts !== undefined && !(accepts.property in input)) {
    lines.push(`-H 'Content-Type: ${accepts.type}'`, '--data-binary @file')
  } else if (body !== undefined) {
    lines.push("-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(body))}`)
  }
  return lines.join(' \\\n  ')
}
