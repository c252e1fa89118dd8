/** Provides the account to the whole page and applies its preferences to this browser. */
import { useMantineColorScheme } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useMemo } from 'react'
import { chooseLanguage } from '../../shared/i18n.tsx'
import { SessionContext, sessionOf } from '../../shared/session.ts'
import { useStored } from '../../shared/storage.ts'
import { leave } from './enter.ts'
import { meQuery } from './get-me.ts'

export function SessionProvider({ children }: { children: ReactNode }) {
  const queryClient = useQueryClient()
  const { data: user = null } = useQuery(meQuery)
  const hint = useStored('signed-in')
  const { setColorScheme } = useMantineColorScheme({ keepTransitions: true })
  const { theme, language } = user?.preferences ?? {}

  // Another tab has signed in or out.
  useEffect(() => {
    const isKnown = queryClient.getQueryData(meQuery.queryKey) != null
    if (isKnown && hint === null) leave(queryClient)
    if (!isKnown && hint !== null) void queryClient.invalidateQueries({ queryKey: meQuery.queryKey })
  }, [hint, queryClient])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the setter is new on every render and does the same
  useEffect(() => {
    if (theme !== undefined) setColorScheme(theme)
  }, [theme])
  useEffect(() => {
    if (language !== undefined) chooseLanguage(language)
  }, [language])

  const session = useMemo(() => sessionOf(user), [user])
  return <SessionContext value={session}>{children}</SessionContext>
}
