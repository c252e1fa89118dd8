/** Decodes incoming text into a frame of the protocol, or into the problem with it. */
import { type ClientFrame, clientFrames } from '@octet/contracts'
import { Compile, type Validator } from 'typebox/compile'

const validators = new Map<string, Validator>(
  Object.entries(clientFrames).map(([type, schema]) => [type, Compile(schema) as Validator]),
)

export type ReadFrame =
  | { readonly ok: true; readonly frame: ClientFrame }
  | { readonly ok: false; readonly ref: string; readonly code: string; readonly detail: string }

/** Never throws; `ref` identifies the frame to its sender as far as it could be read. */
export function readFrame(text: string): ReadFrame {
  const frame = parse(text)
  if (frame === undefined) return { ok: false, ref: '', code: 'malformed', detail: 'A frame is a JSON object.' }
  const type = typeof frame.t === 'string' ? frame.t : ''
  const validator = validators.get(type)
  const ref = refOf(frame)
  if (validator === undefined) {
    return { ok: false, ref, code: 'unknown-frame', detail: `There is no frame "${type.slice(0, 40)}".` }
  }
  if (!validator.Check(frame)) {
    const [error] = validator.Errors(frame)
    const detail = `${error?.instancePath ?? ''} ${error?.message ?? 'is wrong'}`.trim().slice(0, 200)
    return { ok: false, ref, code: 'validation-failed', detail }
  }
  return { ok: true, frame: frame as unknown as ClientFrame }
}

/** The reference that an answer to the frame carries. */
function refOf(frame: Readonly<Record<string, unknown>>): string {
  for (const name of ['cmid', 'rid', 'stream', 't']) {
    const value = frame[name]
    if (typeof value === 'string') return value.slice(0, 160)
  }
  return ''
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
