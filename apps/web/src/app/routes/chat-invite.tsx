import { useRouterState } from '@tanstack/react-router'
import { InvitePage } from '../../features/chat/members/invite-page.tsx'

export function ChatInviteRoute() {
  const hash = useRouterState({ select: state => state.location.hash })
  const token = new URLSearchParams(hash).get('t')
  return <InvitePage token={token === null || token.length < 20 ? undefined : token} />
}
