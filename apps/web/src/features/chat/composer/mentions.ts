/**
 * Mentions in the composer: `@ad` finds Ada; the text shows `@Ada`, and the message contains `<@id>`. Pure functions.
 */
import type { Person } from '../streams/room-log.ts'

export interface Naming {
  /** The position of the `@`. */
  readonly from: number
  readonly to: number
  readonly q: string
}

const naming = /(?:^|[\s(])@([\p{L}\p{N}_.-]{0,30})$/u

/** The name that the user is typing at the cursor, if there is one. */
export function namingAt(text: string, cursor: number): Naming | undefined {
  const match = naming.exec(text.slice(Math.max(0, cursor - 40), cursor))
  const q = match?.[1]
  return q === undefined ? undefined : { from: cursor - q.length - 1, to: cursor, q: q.toLowerCase() }
}

/** The matching people: a name, or a word of it, begins with the query. */
export function candidates(people: readonly Person[], q: string, max: number): readonly Person[] {
  const begins = ({ username, displayName }: Person) =>
    username.toLowerCase().startsWith(q) ||
    displayName
      .toLowerCase()
      .split(/\s+/)
      .some(word => word.startsWith(q))
  return people.filter(begins).slice(0, max)
}

/** Replaces the query with the person; `cursor` is where typing continues. */
export function named(text: string, { from, to }: Naming, person: Person): { text: string; cursor: number } {
  const before = `${text.slice(0, from)}@${person.username} `
  return { text: before + text.slice(to).replace(/^ /, ''), cursor: before.length }
}

/** `@username` of people in the room becomes `<@id>`; the longest name wins, other words stay. */
export function withIds(text: string, people: readonly Person[]): string {
  const ids = new Map(people.map(({ username, id }) => [username.toLowerCase(), id]))
  return text.replace(/(^|[\s(])@([\p{L}\p{N}_.-]{1,60})/gu, (all, before: string, word: string) => {
    for (let end = word.length; end > 0; end--) {
      const id = ids.get(word.slice(0, end).toLowerCase())
      if (id !== undefined && !/^[\p{L}\p{N}_]/u.test(word.slice(end))) return `${before}<@${id}>${word.slice(end)}`
    }
    return all
  })
}
