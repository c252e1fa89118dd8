/** The displayed name of a room: its own name, or the other people in it. */
import type { Room } from '@octet/contracts/chat'
import type { Translate } from '../../../shared/i18n.tsx'
import type { Person } from '../streams/room-log.ts'

/** Characters that reverse text, or that are invisible, must not make a name look like another. */
const invisible = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g

export function personName(person: Person | undefined, t: Translate): string {
  const name = (person?.displayName || person?.username || '').replace(invisible, '').trim()
  return name === '' ? t('chat.nobody') : name
}

export function roomName(room: Pick<Room, 'name' | 'people' | 'kind'>, t: Translate): string {
  if (room.name !== null) return room.name
  if (room.people.length === 0) return t('chat.nobody')
  return room.people.map(person => personName(person, t)).join(', ')
}
