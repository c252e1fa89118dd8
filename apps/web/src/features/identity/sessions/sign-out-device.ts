/** Signs one other device out. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { identityApi } from '../api.ts'
import { devicesQuery } from './list-devices.ts'

export function useSignOutDevice() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => identityApi.signOutDevice({ id }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: devicesQuery.queryKey }),
  })
}
