import { getRouteApi } from '@tanstack/react-router'
import { useCallback } from 'react'
import { RoomPage, type RoomPlace } from '../../features/chat/rooms/room-page.tsx'
import { NotFound } from '../../shared/ui/not-found.tsx'

const route = getRouteApi('/chat/$roomId')

export function ChatRoomRoute() {
  const { roomId } = route.useParams()
  const place = route.useSearch()
  const go = route.useNavigate()
  const onPlace = useCallback((search: RoomPlace) => void go({ search, resetScroll: false }), [go])
  return <RoomPage key={roomId} roomId={roomId} place={place} onPlace={onPlace} missing={<NotFound />} />
}
