/** O6: every committed event has its effect exactly once; what was rolled back has none. */
import { firstOf, groupBy, type Oracle } from './oracle.ts'

export const eventsActOnce: Oracle = ({ state }) => {
  const kinds = [
    { event: 'link-created', subjects: state.links.map(({ id }) => id) },
    { event: 'user-registered', subjects: state.users.map(({ id }) => id) },
  ]
  return kinds.flatMap(({ event, subjects }) => {
    const effects = groupBy(
      state.effects.filter(effect => effect.event === event),
      ({ subject }) => subject,
    )
    const counted = subjects.map(subject => ({ subject, count: effects.get(subject)?.length ?? 0 }))
    const happened = new Set(subjects)
    const ghosts = [...effects.keys()].filter(subject => !happened.has(subject))
    const sentence = ({ subject, count }: (typeof counted)[number]) => `${event} of ${subject} had ${count} effects`
    return [
      ...firstOf(counted.filter(({ count }) => count === 0).map(sentence)),
      ...firstOf(counted.filter(({ count }) => count > 1).map(sentence)),
      ...firstOf(ghosts.map(subject => `${event} of ${subject} had an effect and never happened`)),
    ]
  })
}
