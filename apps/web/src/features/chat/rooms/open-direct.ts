/** Opens the conversation with a user and navigates to it. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useT } from '../../../shared/i18n.tsx'
import { showToast } from '../../../shared/toasts.ts'
import { problemLine } from '../../../shared/ui/problem-text.ts'
import { chatApi } from '../api.ts'
import { addRoom } from './add-room.ts'

export function useOpenDirect(onOpened?: () => void) {
  const t = useT()
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  return useMutation({
    mutationFn: (userIds: string[]) => chatApi.openDirect({ userIds }),
    onSuccess: room => {
      addRoom(queryClient, room)
      onOpened?.()
      void navigate({ to: '/chat/$roomId', params: { roomId: room.id } })
    },
    onError: error => showToast({ kind: 'failed', message: problemLine(error, t) }),
  })
}
