/** Deletes several links after a delay in which the user can undo it. */

import { newIdempotencyKey } from '@octet/client'
import type { Link } from '@octet/contracts/links'
import { useQueryClient } from '@tanstack/react-query'
import { useOfferUndo } from '../../../shared/offer-undo.ts'
import { linksApi } from '../api.ts'
import { inBatches } from './archive-links.ts'

export function useDeleteLinks() {
  const queryClient = useQueryClient()
  const offerUndo = useOfferUndo()
  return (rows: readonly Pick<Link, 'id'>[]) => {
    const ids = rows.map(({ id }) => id)
    offerUndo({
      id: `links.${ids.join()}`,
      hides: ids,
      message: t => t('links.deleted-n', { n: ids.length }),
      run: async isLeaving => {
        await inBatches(ids, batch =>
          linksApi.deleteLinks({ ids: [...batch] }, { idempotencyKey: newIdempotencyKey(), keepalive: isLeaving }),
        )
        await queryClient.invalidateQueries({ queryKey: ['links'] })
      },
    })
  }
}
