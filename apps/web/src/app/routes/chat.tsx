import { RoomsPage } from '../../features/chat/rooms/rooms-page.tsx'
import { useShell } from '../../shared/shell.ts'

export function ChatRoute() {
  const { open } = useShell()
  return <RoomsPage onCreate={() => open('chat')} />
}
