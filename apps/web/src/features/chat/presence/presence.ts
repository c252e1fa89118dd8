/** Who of a room is there: asked once, then told. */
import type { Room } from '@octet/contracts/chat'
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { chatApi } from '../api.ts'
import type { Presence } from '../streams/chat-live.ts'
import { useChatLive, useConnection } from '../streams/use-live.ts'

/** The server says nothing of larger rooms. */
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

/** Follows who comes and goes for as long as somebody looks. */
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
    // What was told while there was no connection is asked for.
    if (isWatched && kind === 'open') void queryClient.invalidateQueries(presenceQuery(room.id))
  }, [queryClient, room.id, isWatched, kind])
}

/** How somebody is shown; `undefined` while it is not known. */
export function usePresence(room: Room, userId: string | undefined): Presence | undefined {
  const { data } = useQuery({ ...presenceQuery(room.id), enabled: isTold(room) && userId !== undefined })
  return userId === undefined ? undefined : data?.get(userId)
}
