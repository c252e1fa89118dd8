/** The presence of the users in a room: loaded once, then updated by events. */
import type { Room } from '@octet/contracts/chat'
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { chatApi } from '../api.ts'
import type { Presence } from '../streams/chat-live.ts'
import { useChatLive, useConnection } from '../streams/use-live.ts'

/** The server reports no presence for larger rooms. */
const membersMax = 100

const presenceQuery = (roomId: string) =>
  queryOptions({
    queryKey: ['chat', 'presence', roomId],
    queryFn: async ({ signal }): Promise<ReadonlyMap<string, Presence>> => {
      const { data } = await chatApi.listPresence({ roomId }, { signal })
      return new Map(data.map(each => [each.userId, each]))
    },
  })

const isTold = ({ membership, memberCount }: Room) => membership !== null && memberCount <= membersMax

/** Follows the presence of a room as long as a component shows it. */
export function useWatchPresence(room: Room): void {
  const live = useChatLive()
  const { kind } = useConnection()
  const queryClient = useQueryClient()
  const isWatched = isTold(room)
  useEffect(() => {
    if (!isWatched) return
    const { queryKey } = presenceQuery(room.id)
    const following = live.followPresence(room.id, presence => {
      queryClient.setQueryData<ReadonlyMap<string, Presence>>(queryKey, known =>
        known === undefined ? known : new Map(known).set(presence.userId, presence),
      )
    })
    return () => following.stop()
  }, [live, queryClient, room.id, isWatched])
  useEffect(() => {
    // Reloads what changed while there was no connection.
    if (isWatched && kind === 'open') void queryClient.invalidateQueries(presenceQuery(room.id))
  }, [queryClient, room.id, isWatched, kind])
}

/** The displayed presence of a user; `undefined` while it is unknown. */
export function usePresence(room: Room, userId: string | undefined): Presence | undefined {
  const { data } = useQuery({ ...presenceQuery(room.id), enabled: isTold(room) && userId !== undefined })
  return userId === undefined ? undefined : data?.get(userId)
}
