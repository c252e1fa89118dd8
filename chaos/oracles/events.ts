/** O6: every committed event takes effect exactly once, and a rolled-back one never does. */
import type { EventRule, SystemEvidence } from '../systems/system.ts'
import { firstOf, groupBy } from './oracle.ts'

/** O6 for one event. `effects` are those of every system. */
export function eventsActOnce<State>(
  { event, subjects }: EventRule<State>,
  { state, effects }: SystemEvidence<State>,
): string[] {
  const seen = groupBy(
    effects.filter(effect => effect.event === event),
    ({ subject }) => subject,
  )
  const expected = subjects(state)
  const counted = expected.map(subject => ({ subject, count: seen.get(subject)?.length ?? 0 }))
  const happened = new Set(expected)
  const ghosts = [...seen.keys()].filter(subject => !happened.has(subject))
  const sentence = ({ subject, count }: (typeof counted)[number]) => `${event} of ${subject} had ${count} effects`
  return [
    ...firstOf(counted.filter(({ count }) => count === 0).map(sentence)),
    ...firstOf(counted.filter(({ count }) => count > 1).map(sentence)),
    ...firstOf(ghosts.map(subject => `${event} of ${subject} took effect and never happened`)),
  ]
}
