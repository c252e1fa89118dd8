/** Watches for what is said while one looks elsewhere. Pages of other apps pay nothing for it before it is wanted. */
import { useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { useUser } from '../../../shared/session.ts'
import { useIsNotified } from './notifying.ts'

/** What cannot be fetched must not take the page with it. */
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
