/** The frame of all pages of one link: loading, missing and failed are the same on each. */
import type { ApiCall } from '@octet/contracts'
import { Problem } from '@octet/contracts'
import type { Link } from '@octet/contracts/links'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useT } from '../../../shared/i18n.tsx'
import { NotFound } from '../../../shared/ui/not-found.tsx'
import { Page } from '../../../shared/ui/page.tsx'
import { FailedState, SkeletonRows } from '../../../shared/ui/states.tsx'
import { linkQuery } from './get-link.ts'
import { LinkActions, LinkHead } from './link-head.tsx'

interface LinkFrameProps {
  readonly id: string
  readonly apiOf: (link: Link) => readonly ApiCall[]
  readonly children: (link: Link) => ReactNode
}

export function LinkFrame({ id, apiOf, children }: LinkFrameProps) {
  const t = useT()
  const navigate = useNavigate()
  const query = useQuery(linkQuery(id))
  const crumbs = [{ label: t('links.mine'), to: '/links' }]
  const link = query.data
  if (query.error instanceof Problem && (query.error.status === 404 || query.error.status === 400)) return <NotFound />
  if (link === undefined) {
    return (
      <Page title={t('links.one')} crumbs={crumbs}>
        {query.isError ? (
          <FailedState error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <SkeletonRows count={3} heightPx={120} />
        )}
      </Page>
    )
  }
  const onDeleted = () => void navigate({ to: '/links', ignoreBlocker: true })
  const actions = <LinkActions link={link} onDeleted={onDeleted} />
  return (
    <Page title={link.title ?? link.code} crumbs={crumbs} actions={actions} api={apiOf(link)}>
      <LinkHead link={link} />
      {children(link)}
    </Page>
  )
}
