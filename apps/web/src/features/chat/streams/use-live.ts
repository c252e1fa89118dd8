/** The live side of chat for components: one connection per signed-in user, kept open while other apps are shown. */
import type { Room } from '@octet/contracts/chat'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { useT } from '../../../shared/i18n.tsx'
import { isSignedInLikely, useUser } from '../../../shared/session.ts'
import { showToast } from '../../../shared/toasts.ts'
import { problemLine } from '../../../shared/ui/problem-text.ts'
import { roomsQuery } from '../rooms/list-rooms.ts'
import { type ChatLive, createChatLive } from './chat-live.ts'
import { withWaiting } from './outbox.ts'
import { timelineOf } from './room-log.ts'
import type { RoomStore, RoomView } from './room-store.ts'

let current: ChatLive | undefined

function closeWhenSignedOut(): void {
  if (isSignedInLikely()) return
  current?.close()
  current = undefined
  removeEventListener('storage', closeWhenSignedOut)
}

export function useChatLive(): ChatLive {
  const t = useT()
  const { id } = useUser()
  const queryClient = useQueryClient()
  return useMemo(() => {
    if (current?.userId === id) return current
    current?.close()
    current = createChatLive({
      userId: id,
      queryClient,
      onRefused: problem => showToast({ kind: 'failed', message: problemLine(problem, t) }),
    })
    addEventListener('storage', closeWhenSignedOut)
    return current
  }, [id, queryClient, t])
}

export function useConnection() {
  const { state } = useChatLive()
  return useSyncExternalStore(state.subscribe, state.get)
}

export function useRoomStore({ id, isEncrypted }: Room): RoomStore {
  const live = useChatLive()
  const store = useMemo(() => live.storeOf({ id, isEncrypted }), [live, id, isEncrypted])
  useEffect(() => {
    live.follow({ id, isEncrypted })
  }, [live, id, isEncrypted])
  return store
}

export function useRoomView(store: RoomStore): RoomView {
  return useSyncExternalStore(store.subscribe, store.get)
}

/** The messages on the screen, including this browser's unconfirmed changes. */
export function useTimeline(view: RoomView) {
  const { id } = useUser()
  const { log, waiting } = view
  return useMemo(() => withWaiting(timelineOf(log), waiting, id), [log, waiting, id])
}

export function useRooms(): readonly Room[] | undefined {
  return useQuery(roomsQuery).data
}
