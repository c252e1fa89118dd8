/** Lets everybody see the statistics of a link, or no longer: at once on the screen, taken back when refused. */
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
    onMutate: show,
    onError: (error, wanted) => {
      show(!wanted)
      showToast({ kind: 'failed', message: problemLine(error, t) })
    },
    // Whatever became of it, the version of the link may have moved on.
    onSettled: () => queryClient.invalidateQueries({ queryKey }),
  })
}
