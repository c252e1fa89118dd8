/** The user's rooms and conversations. One list for the navigation, the badges and the palette. */
import type { Room } from '@octet/contracts/chat'
import { queryOptions } from '@tanstack/react-query'
import { chatApi } from '../api.ts'

export const roomsKey = ['chat', 'rooms'] as const

const pageSize = 100
const pagesMax = 5

async function listAll(signal: AbortSignal): Promise<readonly Room[]> {
  const rooms: Room[] = []
  let cursor: string | undefined
  for (let page = 0; page < pagesMax; page++) {
    const { data, meta } = await chatApi.listRooms({ limit: pageSize, cursor }, { signal })
    rooms.push(...data)
    cursor = meta.nextCursor ?? undefined
    if (cursor === undefined) break
  }
  return rooms
}

export const roomsQuery = queryOptions({
  queryKey: roomsKey,
  queryFn: ({ signal }) => listAll(signal),
  staleTime: 60_000,
})
