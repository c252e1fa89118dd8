/** The statistics of a link: totals, clicks over time as bars or as a table, and their origins. */
import { Button, SegmentedControl, Switch } from '@mantine/core'
import { requestOf } from '@octet/contracts'
import { type LinkStats, links } from '@octet/contracts/links'
import { IconDownload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { formatNumber } from '../../../shared/format.ts'
import { useLocale, useT } from '../../../shared/i18n.tsx'
import { useSavedChoice } from '../../../shared/saved-choice.ts'
import { FailedState, FailureNotice, SkeletonRows } from '../../../shared/ui/states.tsx'
import { When } from '../../../shared/ui/when.tsx'
import classes from '../manage/link-page.module.css'
import { Breakdowns } from './breakdowns.tsx'
import { type Bar, barsOfSeries } from './click-bars.ts'
import { ClickChart } from './click-chart.tsx'
import { sum } from './click-days.ts'
import { type DayRange, dayRanges, type Interval, intervalFor, type StatsSearch } from './day-ranges.ts'
import { type StatsInput, statsQuery } from './get-link-stats.ts'
import { type Counted, useLiveClicks } from './live-clicks.ts'
import { LiveMark, RecentClicks } from './live-panel.tsx'
import { StatsTools } from './stats-tools.tsx'

interface TotalsProps {
  readonly stats: LinkStats
  readonly days: number
  /** The live counts. They may be newer or older than the statistics; counts only grow. */
  readonly counted: Counted | undefined
}

function Totals({ stats, days, counted }: TotalsProps) {
  const { t, tag } = useLocale()
  const numbers = [
    { label: t('stats.total'), value: Math.max(stats.clicks, counted?.clicks ?? 0) },
    { label: t('stats.in-range', { days }), value: sum(stats.days, 'clicks') },
    { label: t('stats.visitors'), value: stats.uniqueVisitors.sum, hint: t('stats.visitors-hint') },
    { label: t('stats.bots'), value: Math.max(stats.botClicks, counted?.botClicks ?? 0) },
  ]
  return (
    <dl className={classes.tiles}>
      {numbers.map(({ label, value, hint }) => (
        <div key={label} className={classes.tile} title={hint}>
          <dt>{label}</dt>
          <dd>{formatNumber(value, tag)}</dd>
        </div>
      ))}
      <div className={classes.tile}>
        <dt>{t('stats.last')}</dt>
        <dd className={classes.words}>
          {stats.lastClickedAt === null ? t('stats.never') : <When time={stats.lastClickedAt} />}
        </dd>
      </div>
    </dl>
  )
}

function BarTable({ bars }: { bars: readonly Bar[] }) {
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
          {bars.toReversed().map(bar => (
            <tr key={bar.key}>
              <th scope="row">{bar.label}</th>
              <td className={classes.number}>{formatNumber(bar.clicks, tag)}</td>
              <td className={classes.number}>{formatNumber(bar.botClicks, tag)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Course({ stats, code, input }: { stats: LinkStats; code: string; input: StatsInput }) {
  const locale = useLocale()
  const { t } = locale
  const [isTable, setTable] = useState(false)
  const [hasBots, setBots] = useState(false)
  const bars = barsOfSeries(stats, locale)
  const label = t('chart.label', { n: sum(bars, 'clicks'), days: stats.days.length })
  const { path } = requestOf(links.operations.exportLinkStats, input)
  return (
    <>
      {isTable ? <BarTable bars={bars} /> : <ClickChart bars={bars} hasBots={hasBots} label={label} />}
      <div className={`${classes.chartTools} no-print`}>
        <Button variant="default" size="xs" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
          {t('stats.as-table')}
        </Button>
        <Button
          component="a"
          href={path}
          download={`${code}-clicks.csv`}
          variant="default"
          size="xs"
          leftSection={<IconDownload size={14} />}
        >
          {t('stats.download')}
        </Button>
        {isTable ? null : (
          <Switch
            label={t('stats.show-bots')}
            checked={hasBots}
            onChange={event => setBots(event.currentTarget.checked)}
          />
        )}
      </div>
    </>
  )
}

export interface StatsPanelProps {
  readonly id: string
  readonly code: string
  readonly search: StatsSearch
  readonly onSearch: (search: StatsSearch) => Promise<unknown>
}

/** The request, from the address of the page and the user's settings. */
export function useStatsInput({ days = 30, interval, zone }: StatsSearch, id: string) {
  const { timeZone } = useLocale()
  return { id, days, timeZone: zone ?? timeZone, interval: intervalFor(days, interval) }
}

function Period({ days, onDays }: { days: DayRange; onDays: (days: DayRange) => Promise<unknown> }) {
  const t = useT()
  const [shown, choose] = useSavedChoice(days, onDays)
  return (
    <SegmentedControl
      className="no-print"
      size="xs"
      aria-label={t('stats.range')}
      value={String(shown)}
      onChange={value => choose(dayRanges.find(range => String(range) === value) ?? 30)}
      data={dayRanges.map(range => ({ value: String(range), label: t('stats.days', { days: range }) }))}
    />
  )
}

export function StatsPanel({ id, code, search, onSearch }: StatsPanelProps) {
  const t = useT()
  const input = useStatsInput(search, id)
  const live = useLiveClicks(id)
  const query = useQuery(statsQuery(input, live.isLive))
  const change = (patch: StatsSearch) => onSearch({ ...search, ...patch })
  return (
    <section className={classes.section} aria-labelledby="stats-title">
      <div className={classes.sectionHead}>
        <div className={classes.titleLine}>
          <h2 id="stats-title">{t('stats.title')}</h2>
          <LiveMark isLive={live.isLive} />
        </div>
        <Period days={input.days} onDays={days => change({ days, interval: undefined })} />
      </div>
      {query.data === undefined && query.isError ? (
        <FailedState error={query.error} onRetry={() => void query.refetch()} />
      ) : null}
      {query.isPending ? <SkeletonRows count={1} heightPx={420} /> : null}
      {query.data === undefined ? null : (
        <>
          {query.isError ? <FailureNotice error={query.error} /> : null}
          <Totals stats={query.data} days={input.days} counted={live.counted} />
          <RecentClicks counted={live.counted} />
          <StatsTools
            {...input}
            onInterval={(interval: Interval) => change({ interval })}
            onZone={zone => change({ zone })}
          />
          <Course stats={query.data} code={code} input={input} />
          <Breakdowns breakdowns={query.data.breakdowns} />
        </>
      )}
    </section>
  )
}
