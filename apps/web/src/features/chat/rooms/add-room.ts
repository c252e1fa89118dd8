/** Adds a room that was just opened or joined to the list, before the server reports it. */
import type { Room } from '@octet/contracts/chat'
import type { QueryClient } from '@tanstack/react-query'
import { roomQuery } from './get-room.ts'
import { roomsKey, roomsQuery } from './list-rooms.ts'

export function addRoom(queryClient: QueryClient, room: Room): void {
  queryClient.setQueryData(roomQuery(room.id).queryKey, room)
  queryClient.setQueryData(roomsQuery.queryKey, rooms =>
    rooms === undefined ? rooms : [room, ...rooms.filter(({ id }) => id !== room.id)],
  )
  void queryClient.invalidateQueries({ queryKey: roomsKey })
}
