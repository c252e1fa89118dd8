/** Removes all demo links together, after a delay in which the user can undo it. */
import { useQueryClient } from '@tanstack/react-query'
import { useOfferUndo } from '../../../shared/offer-undo.ts'
import { linksApi } from '../api.ts'
import { refreshLists } from '../organize/organize.ts'

/** Lists hide the examples under this id. */
export const examplesId = 'links.examples'

export function useRemoveExamples() {
  const queryClient = useQueryClient()
  const offerUndo = useOfferUndo()
  return () =>
    offerUndo({
      id: examplesId,
      message: t => t('links.examples-removed'),
      run: async isLeaving => {
        await linksApi.removeExamples({}, { keepalive: isLeaving })
        await refreshLists(queryClient)
      },
    })
}
