/** Blocks a user: no conversations, mentions or reactions. One click blocks, and one undoes it. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useT } from '../../../shared/i18n.tsx'
import { showToast } from '../../../shared/toasts.ts'
import { problemLine } from '../../../shared/ui/problem-text.ts'
import { identityApi } from '../api.ts'

/** Long enough to notice a mistake. */
const undoMs = 8_000

export interface Blocked {
  readonly id: string
  readonly name: string
}

export function useBlockPerson() {
  const t = useT()
  const queryClient = useQueryClient()
  const failed = (error: unknown) => void showToast({ kind: 'failed', message: problemLine(error, t) })
  // Also reloads the lists of the account pages.
  const refresh = () => void queryClient.invalidateQueries({ queryKey: ['identity'] })
  const unblock = ({ id, name }: Blocked) =>
    identityApi.unblockUser({ id }).then(() => {
      refresh()
      showToast({ kind: 'done', message: t('people.unblocked', { name }) })
    })
  return useMutation({
    mutationFn: ({ id }: Blocked) => identityApi.blockUser({ id }),
    onSuccess: (_, blocked) => {
      refresh()
      const action = { label: t('action.undo'), run: () => void unblock(blocked).catch(failed) }
      showToast({ kind: 'done', message: t('people.blocked', { name: blocked.name }), durationMs: undoMs, action })
    },
    onError: failed,
  })
}
