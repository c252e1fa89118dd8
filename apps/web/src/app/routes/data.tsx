import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { leave } from '../../features/identity/enter.ts'
import { DataPage } from '../../features/identity/privacy/data-page.tsx'

export function DataRoute() {
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  // The page for visitors first: without an account this one would send them to sign in.
  async function goodbye(until: string): Promise<void> {
    await navigate({ to: '/goodbye', search: { until } })
    leave(queryClient)
  }
  return <DataPage onErasing={until => void goodbye(until)} />
}
