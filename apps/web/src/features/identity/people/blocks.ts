/** The users that this account blocks. */
import { identityApi } from '../api.ts'
import { pagedQuery } from '../paged.tsx'
import { useChange } from '../use-change.ts'

const blocksKey = ['identity', 'blocks']
const shownIn = [blocksKey, ['identity', 'people']]

export const blocksQuery = pagedQuery(blocksKey, (page, options) => identityApi.listBlocks(page, options))

export const useBlock = () => useChange((id: string) => identityApi.blockUser({ id }), shownIn)
export const useUnblock = () => useChange((id: string) => identityApi.unblockUser({ id }), shownIn)
