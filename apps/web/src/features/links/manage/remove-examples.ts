/** Removes the demo links as one, after a while in which they can be brought back. */
import { useQueryClient } from '@tanstack/react-query'
import { useOfferUndo } from '../../../shared/offer-undo.ts'
import { linksApi } from '../api.ts'
import { refreshLists } from '../organize/organize.ts'

/** The id under which lists find the examples hidden. */
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
