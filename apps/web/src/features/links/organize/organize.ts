/** Folders and tags: queries and changes. Every change is visible in the lists of links too. */

import { newIdempotencyKey } from '@octet/client'
import type { Folder } from '@octet/contracts/links'
import { type QueryClient, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { useOfferUndo } from '../../../shared/offer-undo.ts'
import { linksApi } from '../api.ts'
import { linksKey } from '../manage/list-links.ts'

export const foldersQuery = queryOptions({
  queryKey: ['links', 'folders'],
  queryFn: async ({ signal }) => (await linksApi.listFolders({}, { signal })).data,
  staleTime: 30_000,
})

export const tagsQuery = queryOptions({
  queryKey: ['links', 'tags'],
  queryFn: async ({ signal }) => (await linksApi.listTags({}, { signal })).data,
  staleTime: 30_000,
})

/** After a link was created, deleted or changed: reloads the lists, and the counts of folders and tags. */
export function refreshLists(queryClient: QueryClient): Promise<unknown> {
  const keys = [linksKey, foldersQuery.queryKey, tagsQuery.queryKey]
  return Promise.all(keys.map(queryKey => queryClient.invalidateQueries({ queryKey })))
}

/** Reloads everything that shows links. */
function useRefresh(): () => Promise<void> {
  const queryClient = useQueryClient()
  return () => queryClient.invalidateQueries({ queryKey: ['links'] })
}

export function useCreateFolder() {
  const refresh = useRefresh()
  return useMutation({
    mutationFn: (name: string) => linksApi.createFolder({ name }, { idempotencyKey: newIdempotencyKey() }),
    onSuccess: refresh,
  })
}

export function useRenameFolder() {
  const refresh = useRefresh()
  return useMutation({
    mutationFn: ({ id, name }: Pick<Folder, 'id' | 'name'>) => linksApi.renameFolder({ id, name }),
    onSuccess: refresh,
  })
}

export function useRenameTag() {
  const refresh = useRefresh()
  return useMutation({
    mutationFn: (input: { readonly tag: string; readonly name: string }) => linksApi.renameTag(input),
    onSuccess: refresh,
  })
}

/** Lists hide a folder or tag under this id while its deletion waits. */
export const hiddenFolder = (id: string) => `links.folder.${id}`
export const hiddenTag = (tag: string) => `links.tag.${tag}`

export function useDeleteFolder() {
  const refresh = useRefresh()
  const offerUndo = useOfferUndo()
  return ({ id, name }: Pick<Folder, 'id' | 'name'>) =>
    offerUndo({
      id: hiddenFolder(id),
      message: t => t('organize.folder-deleted', { name }),
      run: async isLeaving => {
        await linksApi.deleteFolder({ id }, { keepalive: isLeaving })
        await refresh()
      },
    })
}

export function useDeleteTag() {
  const refresh = useRefresh()
  const offerUndo = useOfferUndo()
  return (tag: string) =>
    offerUndo({
      id: hiddenTag(tag),
      message: t => t('organize.tag-deleted', { tag }),
      run: async isLeaving => {
        await linksApi.deleteTag({ tag }, { keepalive: isLeaving })
        await refresh()
      },
    })
}
