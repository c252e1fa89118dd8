/** A kind of job: declared once as a value that `define`, `schedule` and `enqueue` take, so payloads are typed. */
import { type Static, type TSchema, Type } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'

export interface Job<P = unknown> {
  /** `module.what-it-does`. A rename orphans the jobs that wait under the old name. */
  readonly name: string
  /**
   * Checks a stored payload: a release before or after this one may have written it.
   * @throws PayloadMismatch
   */
  read(payload: unknown): P
}

/** What a job carries: `PayloadOf<typeof fetchTitleJob>`. */
export type PayloadOf<J extends Job> = J extends Job<infer P> ? P : never

/** A stored payload does not fit its job. Another attempt would find the same, so the job becomes a dead letter. */
export class PayloadMismatch extends Error {
  override readonly name = 'PayloadMismatch'
}

const noPayload = Type.Object({})
/** How many violations the error names, so that a person can read it. */
const violationsShownMax = 3

/** Declares a job without a payload; it is enqueued with `{}`. */
export function job(name: string): Job<Static<typeof noPayload>>
/** Declares a job and the schema of its payload. */
export function job<S extends TSchema>(name: string, payload: S): Job<Static<S>>
/** The payload's schema is compiled on first use: many processes declare jobs that they never run. */
export function job(name: string, payload: TSchema = noPayload): Job {
  let validator: Validator | undefined
  return {
    name,
    read(value) {
      validator ??= Compile(payload) as Validator
      if (validator.Check(value)) return value
      throw new PayloadMismatch(`the payload of ${name} does not fit this release: ${violations(validator, value)}`)
    },
  }
}

/** Where and how a value violates its schema, without the value: it may be personal. */
function violations(validator: Validator, value: unknown): string {
  return [...validator.Errors(value)]
    .slice(0, violationsShownMax)
    .map(({ instancePath, message }) => `${instancePath} ${message}`.trim())
    .join('; ')
}
