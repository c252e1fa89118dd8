import { Button } from '@mantine/core'
import type { Output } from '@octet/contracts'
import { identity } from '@octet/contracts/identity'
import { IconUserOff } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useT } from '../../../shared/i18n.tsx'
import { showToast } from '../../../shared/toasts.ts'
import { Page } from '../../../shared/ui/page.tsx'
import { problemLine } from '../../../shared/ui/problem-text.ts'
import { StateBox } from '../../../shared/ui/states.tsx'
import { When } from '../../../shared/ui/when.tsx'
import classes from '../account.module.css'
import { PagedList } from '../paged.tsx'
import { blocksQuery, useUnblock } from './blocks.ts'

type Block = Output<typeof identity, 'listBlocks'>['data'][number]

function BlockRow({ block: { user, createdAt } }: { block: Block }) {
  const t = useT()
  const unblock = useUnblock()
  return (
    <>
      <div className={classes.itemText}>
        <strong>{user.displayName}</strong> <span className={classes.meta}>@{user.username}</span>
        <div className={classes.meta}>
          {t('blocked.since')} <When time={createdAt} />
        </div>
      </div>
      <Button
        variant="default"
        loading={unblock.isPending}
        aria-label={t('people.unblock-name', { name: user.username })}
        onClick={() =>
          unblock.mutate(user.id, {
            onSuccess: () => showToast({ kind: 'done', message: t('people.unblocked', { name: user.username }) }),
            onError: error => showToast({ kind: 'failed', message: problemLine(error, t) }),
          })
        }
      >
        {t('people.unblock')}
      </Button>
    </>
  )
}

export function BlockedPage() {
  const t = useT()
  const query = useInfiniteQuery(blocksQuery)
  const find = (
    <Button component={Link} to="/people" variant="default">
      {t('people.title')}
    </Button>
  )
  const empty = (
    <StateBox
      icon={<IconUserOff size={32} stroke={1.5} />}
      title={t('blocked.none')}
      text={t('blocked.none-hint')}
      actions={find}
    />
  )
  const api = [{ operation: identity.operations.listBlocks, input: {} }]
  return (
    <Page title={t('blocked.title')} lead={t('blocked.lead')} api={api} isNarrow>
      <PagedList
        query={query}
        idOf={block => block.user.id}
        row={block => <BlockRow block={block} />}
        empty={empty}
        label={t('blocked.title')}
      />
    </Page>
  )
}
