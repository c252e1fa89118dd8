/** Deletes a link after a delay in which the user can undo it. */
import { Problem } from '@octet/contracts'
import type { Link } from '@octet/contracts/links'
import { useQueryClient } from '@tanstack/react-query'
import { useOfferUndo } from '../../../shared/offer-undo.ts'
import { linksApi } from '../api.ts'
import { refreshLists } from '../organize/organize.ts'

async function deleteLink(id: string, isLeaving: boolean): Promise<void> {
  try {
    await linksApi.deleteLink({ id }, { keepalive: isLeaving })
  } catch (error) {
    // The link is already gone, so nothing is left to do.
    if (!(error instanceof Problem) || error.status !== 404) throw error
  }
}

export function useDeleteLink() {
  const queryClient = useQueryClient()
  const offerUndo = useOfferUndo()
  return ({ id, code }: Pick<Link, 'id' | 'code'>) =>
    offerUndo({
      id,
      message: t => t('links.deleted', { code }),
      run: async isLeaving => {
        await deleteLink(id, isLeaving)
        await refreshLists(queryClient)
      },
    })
}
