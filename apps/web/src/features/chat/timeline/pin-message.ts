/** Pins a message to its room, or unpins it. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useT } from '../../../shared/i18n.tsx'
import { showToast } from '../../../shared/toasts.ts'
import { problemLine } from '../../../shared/ui/problem-text.ts'
import { chatApi } from '../api.ts'
import { pinsKey } from './list-pins.ts'

export function usePinMessage(roomId: string) {
  const t = useT()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (input: { messageId: string; on: boolean }) => chatApi.pinMessage({ roomId, ...input }),
    onSuccess: () => void queryClient.invalidateQueries({ queryKey: pinsKey(roomId) }),
    onError: error => showToast({ kind: 'failed', message: problemLine(error, t) }),
  })
}
