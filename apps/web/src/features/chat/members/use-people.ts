/** The people of a room, for names and mentions, including the authors of the messages on the screen. */
import type { Room } from '@octet/contracts/chat'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import { useUser } from '../../../shared/session.ts'
import type { Person } from '../streams/room-log.ts'
import type { RoomStore } from '../streams/room-store.ts'
import { useRoomView } from '../streams/use-live.ts'
import { membersQuery } from './list-members.ts'

export function useRoomPeople(room: Room, store: RoomStore): readonly Person[] {
  const { id } = useUser()
  const members = useInfiniteQuery({ ...membersQuery(room.id), enabled: room.membership !== null })
  const { status, log } = useRoomView(store)
  const found = members.data?.pages.flatMap(page => page.data)
  const isReady = status.kind === 'ready'
  // biome-ignore lint/correctness/useExhaustiveDependencies: for each answer, and when the room was reloaded
  useEffect(() => {
    if (isReady) store.addPeople([...(found ?? []), ...room.people])
  }, [members.data, isReady, store, room.people.length])
  const { people } = log
  return useMemo(() => [...people.values()].filter(person => person.id !== id), [people, id])
}
