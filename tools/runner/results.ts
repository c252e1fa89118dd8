/** Evaluates the events of one test file: how many tests, which failed, and which were running when it was killed. */
import type { TestEvent } from './events.ts'

export interface Failure {
  /** With the enclosing suites: `suite › test`. */
  readonly title: string
  readonly text: string
}

export interface Results {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly todo: number
  readonly failures: readonly Failure[]
  /** The reasons for skips, one per skipped test. */
  readonly skips: readonly string[]
  /** Titles of tests that began but did not end. */
  readonly running: readonly string[]
  readonly hasBegun: boolean
}

const between = ' › '

/** Reads events as JSON lines. Ignores a truncated last line, which a killed file leaves. */
export function readResults(lines: string): Results {
  const events = lines
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as TestEvent)
  const counts = { passed: 0, failed: 0, skipped: 0, todo: 0 }
  const failures: Failure[] = []
  const skips: string[] = []
  for (const { event, title } of withTitles(events)) {
    const { outcome = 'passed', isSuite, failureType } = event
    const isOnlyOfInside = failureType === 'subtestsFailed'
    // Suites are not counted, except one that is skipped or that fails by itself (in a hook).
    if (isSuite === true && (outcome === 'passed' || isOnlyOfInside)) continue
    counts[outcome]++
    if (outcome === 'skipped') skips.push(event.why ?? '')
    if (outcome === 'failed' && !isOnlyOfInside) failures.push({ title, text: event.failure ?? '' })
  }
  return { ...counts, failures, skips, running: runningAtTheEnd(events), hasBegun: events.length > 0 }
}

/** Every result with the names of its enclosing suites. Titles come in order, each before its result. */
function withTitles(events: readonly TestEvent[]): { event: TestEvent; title: string }[] {
  const names: string[] = []
  return events.flatMap(event => {
    if (event.kind !== 'title' && event.kind !== 'result') return []
    names.length = event.nesting
    names.push(event.name)
    return event.kind === 'result' ? [{ event, title: names.join(between) }] : []
  })
}

/** Tests whose function began; without any, the tests and suites that began with a hook. */
function runningAtTheEnd(events: readonly TestEvent[]): string[] {
  const entered = unfinished(events, 'enter', 'leave')
  const begun = unfinished(events, 'begin', 'end')
  const running = entered.length > 0 ? entered : begun
  const deepest = Math.max(0, ...running.map(({ nesting }) => nesting))
  const around = begun.filter(({ nesting }) => nesting < deepest).map(({ name }) => name)
  return running.filter(({ nesting }) => nesting === deepest).map(({ name }) => [...around, name].join(between))
}

function unfinished(events: readonly TestEvent[], start: TestEvent['kind'], end: TestEvent['kind']): TestEvent[] {
  const open = new Map<string, TestEvent>()
  for (const event of events) {
    const key = `${event.nesting} ${event.place} ${event.name}`
    if (event.kind === start) open.set(key, event)
    if (event.kind === end) open.delete(key)
  }
  return [...open.values()]
}
