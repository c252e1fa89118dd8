import { RoomsPage } from '../../features/chat/rooms-page.tsx'
import { useShell } from '../shell-context.ts'

export function ChatRoute() {
  const { open } = useShell()
  return <RoomsPage onCreate={() => open('chat')} />
}
