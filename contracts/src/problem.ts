/** The one error type of Octet: thrown by use cases, carried over the wire, rendered as RFC 9457 problem+json. */
import { type CommonProblem, type Contract, commonProblems, type ProblemSpec } from './define.ts'

/** Whether the operation took effect before it failed. `maybe` is an honest answer: the reply was lost. */
export type Executed = 'no' | 'maybe' | 'yes'

export interface FieldError {
  /** JSON pointer into the input, e.g. `/alias`. */
  readonly path: string
  readonly message: string
}

export interface ProblemDetails {
  readonly detail?: string
  readonly errors?: readonly FieldError[]
  readonly retryAfterMs?: number
  readonly executed?: Executed
  readonly cause?: unknown
  /** Data that a program needs to continue (an RFC 9457 extension), described by the module's contract. */
  readonly data?: Readonly<Record<string, unknown>>
}

/** The problem as it is sent and as programs read it. */
export interface ProblemBody {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: string
  readonly detail?: string
  readonly errors?: readonly FieldError[]
  readonly requestId?: string
  readonly data?: Readonly<Record<string, unknown>>
  readonly retryAfterMs?: number
  readonly executed?: Executed
}

/** Statuses after which the same request may succeed a little later. */
const passingStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504])

export class Problem extends Error {
  readonly code: string
  readonly status: number
  readonly title: string
  readonly detail: string | undefined
  readonly errors: readonly FieldError[] | undefined
  readonly retryAfterMs: number | undefined
  readonly executed: Executed
  readonly data: Readonly<Record<string, unknown>> | undefined

  constructor(spec: { code: string; status: number; title: string }, details: ProblemDetails = {}) {
    super(details.detail ?? spec.title, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'Problem'
    this.code = spec.code
    this.status = spec.status
    this.title = spec.title
    this.detail = details.detail
    this.errors = details.errors
    this.retryAfterMs = details.retryAfterMs
    this.data = details.data
    this.executed = details.executed ?? (spec.status < 500 ? 'no' : 'maybe')
  }

  /** True if a later retry makes sense; whether it is safe also depends on `executed` and the operation. */
  get retryable(): boolean {
    return passingStatuses.has(this.status) || this.code === 'idempotency-in-flight'
  }
}

/** A problem that any operation may answer. */
export function commonProblem(code: CommonProblem, details?: ProblemDetails): Problem {
  return new Problem({ code, ...commonProblems[code] }, details)
}

/** Makes the problems of one module: `const problem = problemsOf(links); throw problem('alias-taken')`. */
export function problemsOf<C extends Contract>(contract: C) {
  return (key: keyof C['problems'] & string, details?: ProblemDetails): Problem => {
    const spec = contract.problems[key]
    if (spec === undefined) throw new Error(`contract ${contract.name} has no problem "${key}"`)
    return new Problem({ code: `${contract.name}.${key}`, ...spec }, details)
  }
}

/** Problem → wire. */
export function problemBody(problem: Problem, requestId?: string): ProblemBody {
  return {
    type: `/docs#problem-${problem.code}`,
    title: problem.title,
    status: problem.status,
    code: problem.code,
    detail: problem.detail,
    errors: problem.errors,
    requestId,
    retryAfterMs: problem.retryAfterMs,
    data: problem.data,
  }
}

/** Wire → problem; `undefined` when the body is not one. */
export function problemFromBody(body: unknown): Problem | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const { code, status, title, detail, errors, retryAfterMs, executed, data } = body as Partial<ProblemBody>
  if (typeof code !== 'string' || typeof status !== 'number' || typeof title !== 'string') return undefined
  return new Problem({ code, status, title }, { detail, errors, retryAfterMs, executed, data })
}

/** Every problem that these modules may answer, the common ones first: full code → status and public title. */
export function problemCatalogue(contracts: readonly Contract[]): ReadonlyMap<string, ProblemSpec> {
  const catalogue = new Map<string, ProblemSpec>(Object.entries(commonProblems))
  for (const { name, problems } of contracts) {
    for (const [key, spec] of Object.entries(problems)) catalogue.set(`${name}.${key}`, spec)
  }
  return catalogue
}
