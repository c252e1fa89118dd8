/** Sets or removes the profile picture; the account that comes back is shown everywhere at once. */
import { ConnectionError, problemOf } from '@octet/client'
import type { Me } from '@octet/contracts/identity'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { identityApi } from '../api.ts'
import { meQuery } from '../get-me.ts'

const timeoutMs = 60_000

/** The bytes as they are: the server reads the type from them. */
async function putAvatar(file: Blob): Promise<Me> {
  const request = {
    method: 'PUT',
    headers: { accept: 'application/json', 'content-type': 'application/octet-stream' },
    body: file,
    signal: AbortSignal.timeout(timeoutMs),
  }
  const response = await fetch('/users/me/avatar', request).catch(error => {
    throw new ConnectionError('unreachable', error)
  })
  if (!response.ok) throw await problemOf(response)
  return (await response.json()) as Me
}

/** A file becomes the picture; `null` removes it. */
export function useChangeAvatar() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (file: Blob | null) => (file === null ? identityApi.removeAvatar({}) : putAvatar(file)),
    scope: { id: 'identity.me' },
    onSuccess: me => queryClient.setQueryData(meQuery.queryKey, me),
  })
}
