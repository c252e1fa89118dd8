/** The actions on members of a room. Each reloads the list and explains a refusal. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useT } from '../../../shared/i18n.tsx'
import { showToast } from '../../../shared/toasts.ts'
import { problemLine } from '../../../shared/ui/problem-text.ts'
import { chatApi } from '../api.ts'
import { roomsKey } from '../rooms/list-rooms.ts'
import { membersKey } from './list-members.ts'

export type MemberAction =
  | { readonly kind: 'add' | 'remove' | 'ban' | 'lift-ban'; readonly userId: string }
  | { readonly kind: 'role'; readonly userId: string; readonly role: 'member' | 'moderator' | 'owner' }
  | { readonly kind: 'mute'; readonly userId: string; readonly minutes: number }

function act(id: string, action: MemberAction): Promise<unknown> {
  const { userId } = action
  switch (action.kind) {
    case 'add':
      return chatApi.addMember({ id, userId })
    case 'remove':
      return chatApi.removeMember({ id, userId })
    case 'ban':
      return chatApi.banMember({ id, userId })
    case 'lift-ban':
      return chatApi.liftBan({ id, userId })
    case 'role':
      return chatApi.changeMember({ id, userId, role: action.role })
    case 'mute':
      return chatApi.changeMember({ id, userId, mutedMinutes: action.minutes })
  }
}

export function useMemberAction(roomId: string) {
  const t = useT()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (action: MemberAction) => act(roomId, action),
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: membersKey(roomId) })
      void queryClient.invalidateQueries({ queryKey: ['chat', 'bans', roomId] })
      void queryClient.invalidateQueries({ queryKey: roomsKey })
    },
    onError: error => showToast({ kind: 'failed', message: problemLine(error, t) }),
  })
}
