/** The user's chat settings: what others may see, and when notifications are allowed. */
import type { Input, Output } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { useT } from '../../../shared/i18n.tsx'
import { showToast } from '../../../shared/toasts.ts'
import { problemLine } from '../../../shared/ui/problem-text.ts'
import { chatApi } from '../api.ts'

export type ChatSettings = Output<typeof chat, 'getChatSettings'>

export const chatSettingsQuery = queryOptions({
  queryKey: ['chat', 'settings'],
  queryFn: ({ signal }) => chatApi.getChatSettings({}, { signal }),
})

/** Shown at once, and reverted when the server refuses. */
export function useSetChatSettings() {
  const t = useT()
  const queryClient = useQueryClient()
  const { queryKey } = chatSettingsQuery
  return useMutation({
    mutationFn: (change: Input<typeof chat, 'setChatSettings'>) => chatApi.setChatSettings(change),
    onMutate: async change => {
      await queryClient.cancelQueries({ queryKey })
      const before = queryClient.getQueryData(queryKey)
      queryClient.setQueryData(queryKey, known => known && ({ ...known, ...change } as ChatSettings))
      return before
    },
    onSuccess: settings => queryClient.setQueryData(queryKey, settings),
    onError: (error, _change, before) => {
      queryClient.setQueryData(queryKey, before)
      showToast({ kind: 'failed', message: problemLine(error, t) })
    },
  })
}
