/** Links on the home page: clicks of the last two weeks, the most clicked link, and one action. */
import { Button } from '@mantine/core'
import type { ListedLink } from '@octet/contracts/links'
import { IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useHiddenIds } from '../../shared/deferred.ts'
import { formatNumber, shortAddress } from '../../shared/format.ts'
import { useLocale } from '../../shared/i18n.tsx'
import { Sparkline } from '../../shared/ui/sparkline.tsx'
import { FailedState, SkeletonRows } from '../../shared/ui/states.tsx'
import { linksQuery } from './manage/list-links.ts'
import classes from './tile.module.css'

const topCount = 3

const recentOf = (link: ListedLink) => link.recentClicks.reduce((sum, clicks) => sum + clicks, 0)

/** Clicks per day over all links, oldest first. */
function clicksPerDay(rows: readonly Pick<ListedLink, 'recentClicks'>[]): readonly number[] {
  const length = Math.max(0, ...rows.map(row => row.recentClicks.length))
  return Array.from({ length }, (_, day) => rows.reduce((sum, row) => sum + (row.recentClicks[day] ?? 0), 0))
}

function Top({ rows }: { rows: readonly ListedLink[] }) {
  const { t, tag } = useLocale()
  const top = rows.toSorted((a, b) => recentOf(b) - recentOf(a)).slice(0, topCount)
  return (
    <ul className={classes.top} aria-label={t('tile.links-top')}>
      {top.map(link => (
        <li key={link.id}>
          <Link to="/links/$id" params={{ id: link.id }} className="truncate">
            {link.title ?? shortAddress(link.shortUrl)}
          </Link>
          <span className="dimmed numeric">{t('tile.clicks', { n: formatNumber(recentOf(link), tag) })}</span>
        </li>
      ))}
    </ul>
  )
}

export function LinksTile({ onCreate }: { onCreate: () => void }) {
  const { t, tag } = useLocale()
  const hidden = useHiddenIds()
  const query = useInfiniteQuery(linksQuery())
  if (query.isPending) return <SkeletonRows count={1} heightPx={220} />
  const first = query.data?.pages[0]
  if (first === undefined) return <FailedState error={query.error} onRetry={() => void query.refetch()} />
  const rows = first.data.filter(link => !hidden.has(link.id))
  const perDay = clicksPerDay(rows)
  const total = perDay.reduce((sum, clicks) => sum + clicks, 0)
  return (
    <>
      <div className={classes.head}>
        <div>
          <div className={classes.number}>{formatNumber(total, tag)}</div>
          <p className="dimmed">
            {first.meta.hasMore
              ? t('tile.links-of-newest', { days: perDay.length, n: rows.length })
              : t('tile.links', { days: perDay.length || 14, n: rows.length })}
          </p>
        </div>
        <Sparkline
          width={140}
          height={44}
          values={perDay}
          label={t('links.recent', { n: total, days: perDay.length })}
        />
      </div>
      {rows.length > 0 ? <Top rows={rows} /> : null}
      <Button className={classes.action} leftSection={<IconPlus size={18} stroke={1.75} />} onClick={onCreate}>
        {t('links.create')}
      </Button>
    </>
  )
}
