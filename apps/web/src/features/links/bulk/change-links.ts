/** Changes several links at once: shown immediately, and reverted with an explanation where the server refuses. */

import { newIdempotencyKey } from '@octet/client'
import type { Input } from '@octet/contracts'
import type { ListedLink, links } from '@octet/contracts/links'
import { type InfiniteData, useQueryClient } from '@tanstack/react-query'
import { useT } from '../../../shared/i18n.tsx'
import { showToast } from '../../../shared/toasts.ts'
import { problemLine } from '../../../shared/ui/problem-text.ts'
import { linksApi } from '../api.ts'
import { linksKey } from '../manage/list-links.ts'
import { inBatches } from './archive-links.ts'

type BulkChange = Omit<Input<typeof links, 'updateLinks'>['links'][number], 'id'>
type ListData = InfiniteData<{ readonly data: readonly ListedLink[] }>

export function useChangeLinks() {
  const t = useT()
  const queryClient = useQueryClient()

  /** Only what rows show: tags. The server decides whether a link still belongs to a list. */
  function show(changes: ReadonlyMap<string, BulkChange>): void {
    queryClient.setQueriesData<ListData>({ queryKey: linksKey }, lists => {
      if (lists === undefined) return lists
      const changed = (link: ListedLink) => ({ ...link, tags: changes.get(link.id)?.tags ?? link.tags })
      return { ...lists, pages: lists.pages.map(page => ({ ...page, data: page.data.map(changed) })) }
    })
  }

  return async function changeLinks(rows: readonly ListedLink[], changeOf: (link: ListedLink) => BulkChange) {
    const changes = new Map(rows.map(link => [link.id, changeOf(link)]))
    await queryClient.cancelQueries({ queryKey: linksKey })
    show(changes)
    let failed = 0
    try {
      await inBatches([...changes], async batch => {
        const input = { links: batch.map(([id, change]) => ({ id, ...change })) }
        failed += (await linksApi.updateLinks(input, { idempotencyKey: newIdempotencyKey() })).failed
      })
      const n = rows.length - failed
      if (failed > 0) showToast({ kind: 'failed', message: t('links.changed-partly', { n, of: rows.length }) })
      else showToast({ kind: 'done', message: t('links.changed-n', { n }) })
    } catch (error) {
      showToast({ kind: 'failed', message: problemLine(error, t) })
    }
    await queryClient.invalidateQueries({ queryKey: ['links'] })
  }
}
