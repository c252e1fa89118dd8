/** Archives links or restores them. They leave the list at once, and the user can undo it. */

import { newIdempotencyKey } from '@octet/client'
import type { Link } from '@octet/contracts/links'
import { type InfiniteData, useQueryClient } from '@tanstack/react-query'
import { useT } from '../../../shared/i18n.tsx'
import { dismissToast, showToast } from '../../../shared/toasts.ts'
import { problemLine } from '../../../shared/ui/problem-text.ts'
import { linksApi } from '../api.ts'
import { limits } from '../limits.ts'
import { linkQuery } from '../manage/get-link.ts'
import { linksKey } from '../manage/list-links.ts'
import { refreshLists } from '../organize/organize.ts'

interface ListPage {
  readonly data: readonly Pick<Link, 'id'>[]
}

const undoShownMs = 8_000

/** Calls `send` with as many items at a time as the API accepts. */
export async function inBatches<T>(items: readonly T[], send: (batch: readonly T[]) => Promise<unknown>) {
  for (let at = 0; at < items.length; at += limits.bulk.max) await send(items.slice(at, at + limits.bulk.max))
}

export function useArchiveLinks() {
  const t = useT()
  const queryClient = useQueryClient()

  async function set(ids: readonly string[], isArchived: boolean): Promise<void> {
    await inBatches(ids, batch =>
      linksApi.updateLinks({ links: batch.map(id => ({ id, isArchived })) }, { idempotencyKey: newIdempotencyKey() }),
    )
    for (const id of ids) void queryClient.invalidateQueries({ queryKey: linkQuery(id).queryKey })
    await refreshLists(queryClient)
  }

  /** Removes the rows from every list on the screen; the answer adds them to their new lists. */
  function hide(ids: readonly string[]): void {
    queryClient.setQueriesData<InfiniteData<ListPage>>({ queryKey: linksKey }, lists => {
      if (lists === undefined) return lists
      const pages = lists.pages.map(page => ({ ...page, data: page.data.filter(({ id }) => !ids.includes(id)) }))
      return { ...lists, pages }
    })
  }

  return async function archive(ids: readonly string[], isArchived: boolean, isOffered = true): Promise<void> {
    await queryClient.cancelQueries({ queryKey: linksKey })
    hide(ids)
    try {
      await set(ids, isArchived)
    } catch (error) {
      void queryClient.invalidateQueries({ queryKey: linksKey })
      showToast({ kind: 'failed', message: problemLine(error, t) })
      return
    }
    if (!isOffered) return
    const toastId = showToast({
      kind: 'done',
      message: t(isArchived ? 'links.archived-n' : 'links.unarchived-n', { n: ids.length }),
      durationMs: undoShownMs,
      action: {
        label: t('action.undo'),
        run: () => {
          dismissToast(toastId)
          void archive(ids, !isArchived, false)
        },
      },
    })
  }
}
