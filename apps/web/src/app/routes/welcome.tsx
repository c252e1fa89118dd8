import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { WelcomePage } from '../../features/identity/sign-in/welcome-page.tsx'
import { linksQuery } from '../../features/links/manage/list-links.ts'

const patienceMs = 3_000
const pollMs = 200

/** The examples change hands a moment after the account exists; a home page that shows none would look empty. */
async function examplesArrived(queryClient: QueryClient): Promise<void> {
  const deadlineMs = performance.now() + patienceMs
  while (performance.now() < deadlineMs) {
    const list = await queryClient.fetchInfiniteQuery({ ...linksQuery(), staleTime: 0 }).catch(() => undefined)
    if (list?.pages[0]?.data.length !== 0) return
    await new Promise(resolve => setTimeout(resolve, pollMs))
  }
}

export function WelcomeRoute() {
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  async function enterHome({ hasExamples }: { hasExamples: boolean }): Promise<void> {
    if (hasExamples) await examplesArrived(queryClient)
    await navigate({ to: '/' })
  }
  return <WelcomePage onDone={enterHome} />
}
