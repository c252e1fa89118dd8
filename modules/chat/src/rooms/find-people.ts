/** Public profiles of the people in rooms. */
import type { Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import type { ChatContext } from '../context.ts'

export type Person = Output<typeof identity, 'getUsers'>['users'][number]

const peoplePerCall = 100

/** Public profiles by id. An id that is missing in the result belongs to a deleted account. */
export async function findPeople(ctx: ChatContext, userIds: Iterable<string>): Promise<Map<string, Person>> {
  const ids = [...new Set(userIds)]
  const people = new Map<string, Person>()
  for (let at = 0; at < ids.length; at += peoplePerCall) {
    const { users } = await ctx.calls.identity.getUsers({ ids: ids.slice(at, at + peoplePerCall) })
    for (const person of users) people.set(person.id, person)
  }
  return people
}

/** The placeholder for a deleted account. */
export function personOrPlaceholder(people: ReadonlyMap<string, Person>, id: string): Person {
  return people.get(id) ?? { id, username: '', displayName: '' }
}
