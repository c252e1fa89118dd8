/** How often a link was followed: totals, and per day as bars or as a table. */
import { Button, SegmentedControl, Switch } from '@mantine/core'
import type { LinkStats } from '@octet/contracts'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { formatDay, formatNumber } from '../../shared/format.ts'
import { useLocale, useT } from '../../shared/i18n.tsx'
import { FailedState, FailureNotice, SkeletonRows } from '../../shared/ui/states.tsx'
import { When } from '../../shared/ui/when.tsx'
import { ClickChart } from './click-chart.tsx'
import { bucketsOf, sum } from './click-days.ts'
import { type DayRange, dayRanges } from './day-ranges.ts'
import { statsQuery } from './get-link-stats.ts'
import classes from './link-page.module.css'

function Totals({ stats, days }: { stats: LinkStats; days: number }) {
  const { t, tag } = useLocale()
  return (
    <dl className={classes.tiles}>
      <div className={classes.tile}>
        <dt>{t('stats.total')}</dt>
        <dd>{formatNumber(stats.clicks, tag)}</dd>
      </div>
      <div className={classes.tile}>
        <dt>{t('stats.in-range', { days })}</dt>
        <dd>{formatNumber(sum(stats.days, 'clicks'), tag)}</dd>
      </div>
      <div className={classes.tile}>
        <dt>{t('stats.bots')}</dt>
        <dd>{formatNumber(stats.botClicks, tag)}</dd>
      </div>
      <div className={classes.tile}>
        <dt>{t('stats.last')}</dt>
        <dd className={classes.words}>
          {stats.lastClickedAt === null ? t('stats.never') : <When time={stats.lastClickedAt} />}
        </dd>
      </div>
    </dl>
  )
}

function DayTable({ days }: { days: LinkStats['days'] }) {
  const { t, tag } = useLocale()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section className={classes.scroll} tabIndex={0} aria-label={t('stats.table')}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t('stats.day')}</th>
            <th scope="col" className={classes.number}>
              {t('stats.people')}
            </th>
            <th scope="col" className={classes.number}>
              {t('stats.bots')}
            </th>
          </tr>
        </thead>
        <tbody>
          {days.toReversed().map(day => (
            <tr key={day.date}>
              <th scope="row">{formatDay(day.date, tag, { dateStyle: 'medium' })}</th>
              <td className={classes.number}>{formatNumber(day.clicks, tag)}</td>
              <td className={classes.number}>{formatNumber(day.botClicks, tag)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Days({ stats }: { stats: LinkStats }) {
  const t = useT()
  const [isTable, setTable] = useState(false)
  const [hasBots, setBots] = useState(false)
  const label = t('chart.label', { n: sum(stats.days, 'clicks'), days: stats.days.length })
  return (
    <>
      {isTable ? (
        <DayTable days={stats.days} />
      ) : (
        <ClickChart buckets={bucketsOf(stats.days)} hasBots={hasBots} label={label} />
      )}
      <div className={`${classes.chartTools} no-print`}>
        <Button variant="default" size="xs" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
          {t('stats.as-table')}
        </Button>
        {isTable ? null : (
          <Switch
            label={t('stats.show-bots')}
            checked={hasBots}
            onChange={event => setBots(event.currentTarget.checked)}
          />
        )}
        <span className="dimmed">{t('stats.time-zone', { timeZone: stats.timeZone })}</span>
      </div>
    </>
  )
}

export interface StatsPanelProps {
  readonly id: string
  readonly days: DayRange
  readonly onDays: (days: DayRange) => void
}

export function StatsPanel({ id, days, onDays }: StatsPanelProps) {
  const { t, timeZone } = useLocale()
  const query = useQuery(statsQuery({ id, days, timeZone }))
  return (
    <section className={classes.section} aria-labelledby="stats-title">
      <div className={classes.sectionHead}>
        <h2 id="stats-title">{t('stats.title')}</h2>
        <SegmentedControl
          className="no-print"
          size="xs"
          aria-label={t('stats.range')}
          value={String(days)}
          onChange={value => onDays(Number(value) as DayRange)}
          data={dayRanges.map(range => ({ value: String(range), label: t('stats.days', { days: range }) }))}
        />
      </div>
      {query.data === undefined && query.isError ? (
        <FailedState error={query.error} onRetry={() => void query.refetch()} />
      ) : null}
      {query.isPending ? <SkeletonRows count={1} heightPx={340} /> : null}
      {query.data === undefined ? null : (
        <>
          {query.isError ? <FailureNotice error={query.error} /> : null}
          <Totals stats={query.data} days={days} />
          <Days stats={query.data} />
        </>
      )}
    </section>
  )
}
