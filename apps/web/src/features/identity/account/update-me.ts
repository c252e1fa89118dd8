/** Changes the profile or the preferences; shown at once, reverted when the server refuses. */
import type { Input } from '@octet/contracts'
import type { identity, Me } from '@octet/contracts/identity'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { identityApi } from '../api.ts'
import { meQuery } from '../get-me.ts'

type Change = Input<typeof identity, 'updateMe'>

function changed(me: Me, change: Change): Me {
  return {
    ...me,
    displayName: change.displayName ?? me.displayName,
    bio: change.bio ?? me.bio,
    preferences: { ...me.preferences, ...change.preferences },
  }
}

export function useUpdateMe() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (change: Change) => identityApi.updateMe(change),
    scope: { id: 'identity.me' },
    onMutate: async change => {
      await queryClient.cancelQueries({ queryKey: meQuery.queryKey })
      const before = queryClient.getQueryData(meQuery.queryKey)
      if (before) queryClient.setQueryData(meQuery.queryKey, changed(before, change))
      return { before }
    },
    onError: (_error, _change, context) => {
      if (context?.before) queryClient.setQueryData(meQuery.queryKey, context.before)
    },
    onSuccess: me => queryClient.setQueryData(meQuery.queryKey, me),
  })
}
