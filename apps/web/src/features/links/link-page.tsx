/** A link's page: the short address to copy, where it leads, how often it was followed, and its settings. */
import { ActionIcon, Button } from '@mantine/core'
import { type Link, links, Problem } from '@octet/contracts'
import { IconExternalLink, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { formatDateTime, shortAddress } from '../../shared/format.ts'
import { useLocale, useT } from '../../shared/i18n.tsx'
import { CopyButton } from '../../shared/ui/copy-button.tsx'
import { Page } from '../../shared/ui/page.tsx'
import { FailedState, SkeletonRows } from '../../shared/ui/states.tsx'
import type { DayRange } from './day-ranges.ts'
import { useDeleteLink } from './delete-link.ts'
import { EditForm } from './edit-form.tsx'
import { linkQuery } from './get-link.ts'
import classes from './link-page.module.css'
import { LinkMarks } from './link-row.tsx'
import { StatsPanel } from './stats-panel.tsx'

export interface LinkPageProps {
  readonly id: string
  readonly days: DayRange
  readonly onDays: (days: DayRange) => void
  readonly onDeleted: () => void
  /** Shown when there is no such link. */
  readonly missing: ReactNode
}

function Limits({ link }: { link: Link }) {
  const { t, tag, timeZone } = useLocale()
  return (
    <>
      {link.expiresAt === null ? null : (
        <span className="dimmed">{t('links.expires-on', { when: formatDateTime(link.expiresAt, tag, timeZone) })}</span>
      )}
      {link.clicksMax === null ? null : <span className="dimmed">{t('links.limited-to', { n: link.clicksMax })}</span>}
    </>
  )
}

function Hero({ link }: { link: Link }) {
  const t = useT()
  return (
    <div className={classes.hero}>
      <div className={classes.heroText}>
        <a className={classes.short} href={link.shortUrl} target="_blank" rel="noreferrer">
          {shortAddress(link.shortUrl)}
        </a>
        <div className={classes.target}>
          <span aria-hidden="true">→ </span>
          <span className="visually-hidden">{t('links.leads-to')} </span>
          <a href={link.url} target="_blank" rel="noreferrer">
            {shortAddress(link.url)}
          </a>
        </div>
        <div className={classes.marks}>
          <LinkMarks link={link} />
          <Limits link={link} />
        </div>
      </div>
      <div className={`${classes.heroActions} no-print`}>
        <ActionIcon component="a" href={link.shortUrl} target="_blank" rel="noreferrer" aria-label={t('links.open')}>
          <IconExternalLink size={18} stroke={1.75} />
        </ActionIcon>
        <CopyButton text={link.shortUrl} label={t('links.copy', { code: link.code })} isWide isFilled />
      </div>
    </div>
  )
}

function apiOf(link: Link, days: number, timeZone: string) {
  const { getLink, getLinkStats, updateLink, deleteLink } = links.operations
  const { id } = link
  return [
    { operation: getLink, input: { id } },
    { operation: getLinkStats, input: { id, days, timeZone } },
    { operation: updateLink, input: { id, url: link.url }, ifMatch: link.version },
    { operation: deleteLink, input: { id } },
  ]
}

export function LinkPage({ id, days, onDays, onDeleted, missing }: LinkPageProps) {
  const { t, timeZone } = useLocale()
  const deleteLink = useDeleteLink()
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
  const remove = (
    <Button
      variant="default"
      leftSection={<IconTrash size={18} stroke={1.75} />}
      onClick={() => {
        deleteLink(link)
        onDeleted()
      }}
    >
      {t('action.delete')}
    </Button>
  )
  return (
    <Page title={link.title ?? link.code} crumbs={crumbs} actions={remove} api={apiOf(link, days, timeZone)}>
      <Hero link={link} />
      <div className={classes.columns}>
        <StatsPanel id={id} days={days} onDays={onDays} />
        <EditForm link={link} />
      </div>
    </Page>
  )
}
