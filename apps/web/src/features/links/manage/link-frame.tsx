/** The frame of all pages of one link: loading, missing and failed are the same on each. */
import { type Link, Problem } from '@octet/contracts'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { ApiCall } from '../../../shared/curl.ts'
import { useT } from '../../../shared/i18n.tsx'
import { Page } from '../../../shared/ui/page.tsx'
import { FailedState, SkeletonRows } from '../../../shared/ui/states.tsx'
import { linkQuery } from './get-link.ts'
import { LinkActions, LinkHead } from './link-head.tsx'

export interface LinkFrameProps {
  readonly id: string
  readonly onDeleted: () => void
  /** Shown when there is no such link. */
  readonly missing: ReactNode
  readonly apiOf: (link: Link) => readonly ApiCall[]
  readonly children: (link: Link) => ReactNode
}

export function LinkFrame({ id, onDeleted, missing, apiOf, children }: LinkFrameProps) {
  const t = useT()
  const query = useQuery(linkQuery(id))
  const crumbs = [{ label: t('links.mine'), to: '/links' }]
  const link = query.data
  if (query.error instanceof Problem && (query.error.status === 404 || query.error.status === 400)) return missing
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
  const actions = <LinkActions link={link} onDeleted={onDeleted} />
  return (
    <Page title={link.title ?? link.code} crumbs={crumbs} actions={actions} api={apiOf(link)}>
      <LinkHead link={link} />
      {children(link)}
    </Page>
  )
}
