/** Makes the statistics of a link public or private; shown at once, reverted when the server refuses. */
import type { Link } from '@octet/contracts/links'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useT } from '../../../shared/i18n.tsx'
import { showToast } from '../../../shared/toasts.ts'
import { problemLine } from '../../../shared/ui/problem-text.ts'
import { linksApi } from '../api.ts'
import { linkQuery } from '../manage/get-link.ts'

export function useSetSharing(id: string) {
  const t = useT()
  const queryClient = useQueryClient()
  const { queryKey } = linkQuery(id)
  const show = (hasPublicStats: boolean) =>
    queryClient.setQueryData<Link>(queryKey, link => link && { ...link, hasPublicStats })
  return useMutation({
    mutationFn: (hasPublicStats: boolean) => linksApi.setLinkSharing({ id, hasPublicStats }),
    onMutate: async wanted => {
      // An answer from before the change would show the old state again.
      await queryClient.cancelQueries({ queryKey })
      show(wanted)
    },
    onError: (error, wanted) => {
      show(!wanted)
      showToast({ kind: 'failed', message: problemLine(error, t) })
    },
    // The version of the link may have changed, whatever the outcome.
    onSettled: () => void queryClient.invalidateQueries({ queryKey }),
  })
}
