/**
 * A reporter of node:test that writes events as JSON lines at once, so that they survive when the file is killed.
 * `OCTET_TEST_EVENTS` names the file to write to.
 */
import { tracingChannel } from 'node:diagnostics_channel'
import { openSync, writeSync } from 'node:fs'
import { inspect } from 'node:util'

/** The stored part of an event of node:test. */
export interface TestEvent {
  /**
   * `enter` and `leave` frame the function of a test. `begin` and `end` also cover its hooks, and suites. `title` and
   * `result` come in the order of the file, around those of nested tests.
   */
  readonly kind: 'enter' | 'leave' | 'begin' | 'end' | 'title' | 'result'
  readonly name: string
  readonly nesting: number
  /** The position of the test in its file. */
  readonly place: string
  readonly isSuite?: boolean
  readonly outcome?: 'passed' | 'failed' | 'skipped' | 'todo'
  /** The reason for the skip. */
  readonly why?: string
  readonly failure?: string
  /** `subtestsFailed` when only a nested test failed. */
  readonly failureType?: string
}

interface ReporterEvent {
  readonly type: string
  readonly data: {
    readonly name: string
    readonly nesting: number
    readonly line?: number
    readonly column?: number
    readonly skip?: string | boolean
    readonly todo?: string | boolean
    readonly details?: { readonly type?: string; readonly error?: Error & { failureType?: string } }
  }
}

const failureCharactersMax = 6_000

const file = openSync(process.env.OCTET_TEST_EVENTS ?? '', 'a')
// Octet refuses to start with an unknown variable, and tests pass on their environment.
delete process.env.OCTET_TEST_EVENTS

function write(event: TestEvent): void {
  writeSync(file, `${JSON.stringify(event)}\n`)
}

// A test that never yields keeps the reporter from learning that it began; this channel fires before it begins.
const framed = (kind: 'enter' | 'leave') => (message: unknown) => {
  const { name, nesting, type } = message as { name: string; nesting: number; type: string }
  if (type === 'test' && name !== '<root>') write({ kind, name, nesting, place: '' })
}
tracingChannel('node.test').start.subscribe(framed('enter'))
tracingChannel('node.test').end.subscribe(framed('leave'))

/** The reporter. It yields nothing, because node:test would write that too late. */
export default async function* report(source: AsyncIterable<ReporterEvent>): AsyncGenerator<string> {
  for await (const event of source) {
    const kept = eventOf(event)
    if (kept !== undefined) write(kept)
    yield ''
  }
}

function eventOf({ type, data }: ReporterEvent): TestEvent | undefined {
  const { name, nesting, line = 0, column = 0, details } = data
  const place = `${line}:${column}`
  if (type === 'test:dequeue') return { kind: 'begin', name, nesting, place }
  if (type === 'test:complete') return { kind: 'end', name, nesting, place }
  if (type === 'test:start') return { kind: 'title', name, nesting, place }
  if (type !== 'test:pass' && type !== 'test:fail') return undefined
  const result = { kind: 'result', name, nesting, place, isSuite: details?.type === 'suite' } as const
  if (isSet(data.skip)) return { ...result, outcome: 'skipped', why: typeof data.skip === 'string' ? data.skip : '' }
  if (isSet(data.todo)) return { ...result, outcome: 'todo' }
  if (type === 'test:pass') return { ...result, outcome: 'passed' }
  const error = details?.error
  const failure = inspect(error?.cause ?? error, { colors: false }).slice(0, failureCharactersMax)
  return { ...result, outcome: 'failed', failure, failureType: error?.failureType }
}

function isSet(flag: string | boolean | undefined): boolean {
  return flag !== undefined && flag !== false
}
