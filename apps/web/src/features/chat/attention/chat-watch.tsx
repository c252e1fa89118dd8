/** Watches for new messages while the user is in other apps. Pages of other apps load it only on demand. */
import { useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { useUser } from '../../../shared/session.ts'
import { useIsNotified } from './notifying.ts'

/** A failure to load must not break the page. */
const Attention = lazy(() => import('./attention.tsx').catch(() => ({ default: () => null })))

export function ChatWatch() {
  const { id } = useUser()
  const isInChat = useRouterState({ select: ({ location }) => /^\/chat(\/|$)/.test(location.pathname) })
  const [wasInChat, setWasInChat] = useState(isInChat)
  if (isInChat && !wasInChat) setWasInChat(true)
  const isNotified = useIsNotified(id)
  if (!wasInChat && !isNotified) return null
  return (
    <Suspense>
      <Attention isNotified={isNotified} />
    </Suspense>
  )
}
