/** Signs out every device but this one. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { identityApi } from '../api.ts'
import { devicesQuery } from './list-devices.ts'

export function useSignOutOthers() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: () => identityApi.signOutOthers({}),
    onSettled: () => queryClient.invalidateQueries({ queryKey: devicesQuery.queryKey }),
  })
}
