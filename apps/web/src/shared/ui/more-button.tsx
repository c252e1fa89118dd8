/** Loads the next page of a list, if there is one. */
import { Button } from '@mantine/core'
import { useT } from '../i18n.tsx'

interface Pages {
  readonly hasNextPage: boolean
  readonly isFetchingNextPage: boolean
  readonly fetchNextPage: () => Promise<unknown>
}

export function MoreButton({ query }: { query: Pages }) {
  const t = useT()
  if (!query.hasNextPage) return null
  return (
    <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
      {t('action.more')}
    </Button>
  )
}
