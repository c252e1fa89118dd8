/** The public statistics of a link: counts, without its destination or owner. */
import { SegmentedControl } from '@mantine/core'
import { Problem } from '@octet/contracts'
import { links, type PublicStats } from '@octet/contracts/links'
import { IconChartBarOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { formatNumber } from '../../../shared/format.ts'
import { useLocale } from '../../../shared/i18n.tsx'
import { useSavedChoice } from '../../../shared/saved-choice.ts'
import { Page } from '../../../shared/ui/page.tsx'
import { FailedState, FailureNotice, SkeletonRows, StateBox } from '../../../shared/ui/states.tsx'
import { When } from '../../../shared/ui/when.tsx'
import classes from '../manage/link-page.module.css'
import { BreakdownList } from './breakdowns.tsx'
import { barsOfDays } from './click-bars.ts'
import { ClickChart } from './click-chart.tsx'
import { type DayRange, dayRanges } from './day-ranges.ts'
import { publicStatsQuery } from './get-public-stats.ts'

interface ShownProps {
  readonly stats: PublicStats
  readonly days: DayRange
  readonly onDays: (days: DayRange) => Promise<unknown>
}

function Numbers({ stats, days }: { stats: PublicStats; days: number }) {
  const { t, tag } = useLocale()
  const inRange = stats.days.reduce((sum, { clicks }) => sum + clicks, 0)
  return (
    <dl className={classes.tiles}>
      <div className={classes.tile}>
        <dt>{t('stats.total')}</dt>
        <dd>{formatNumber(stats.clicks, tag)}</dd>
      </div>
      <div className={classes.tile}>
        <dt>{t('stats.in-range', { days })}</dt>
        <dd>{formatNumber(inRange, tag)}</dd>
      </div>
      <div className={classes.tile}>
        <dt>{t('stats.last')}</dt>
        <dd className={classes.words}>
          {stats.lastClickedAt === null ? t('stats.never') : <When time={stats.lastClickedAt} />}
        </dd>
      </div>
      <div className={classes.tile}>
        <dt>{t('public.created')}</dt>
        <dd className={classes.words}>
          <When time={stats.createdAt} />
        </dd>
      </div>
    </dl>
  )
}

function Shown({ stats, days, onDays }: ShownProps) {
  const locale = useLocale()
  const { t } = locale
  const [shown, choose] = useSavedChoice(days, onDays)
  const bars = barsOfDays(
    stats.days.map(day => ({ ...day, botClicks: 0 })),
    locale,
  )
  const inRange = stats.days.reduce((sum, { clicks }) => sum + clicks, 0)
  return (
    <div className={classes.section}>
      <SegmentedControl
        className={`${classes.start} no-print`}
        size="xs"
        aria-label={t('stats.range')}
        value={String(shown)}
        onChange={value => choose(dayRanges.find(range => String(range) === value) ?? 30)}
        data={dayRanges
          .filter(range => range > 1)
          .map(range => ({ value: String(range), label: t('stats.days', { days: range }) }))}
      />
      <Numbers stats={stats} days={days} />
      <ClickChart bars={bars} hasBots={false} label={t('chart.label', { n: inRange, days: stats.days.length })} />
      {stats.countries.length === 0 ? null : (
        <BreakdownList dimension="country" values={stats.countries} otherClicks={0} />
      )}
    </div>
  )
}

const route = getRouteApi('/stats/$code')

export function PublicStatsPage() {
  const { code } = route.useParams()
  const { days = 30 } = route.useSearch()
  const navigate = route.useNavigate()
  const onDays = (next: DayRange) => navigate({ search: { days: next }, replace: true, resetScroll: false })
  const { t, timeZone } = useLocale()
  const input = { code, days, timeZone }
  const query = useQuery(publicStatsQuery(input))
  const isMissing = query.error instanceof Problem && query.error.status < 500 && query.error.status !== 429
  if (isMissing && query.data === undefined) {
    return (
      <Page title={t('public.none')}>
        <StateBox
          icon={<IconChartBarOff size={32} stroke={1.5} />}
          title={t('public.none-what')}
          text={t('public.none-why')}
        />
      </Page>
    )
  }
  const title = t('public.title', { name: query.data?.title ?? query.data?.code ?? code })
  return (
    <Page title={title} lead={t('public.lead')} api={[{ operation: links.operations.getPublicStats, input }]}>
      {query.isError && query.data !== undefined ? <FailureNotice error={query.error} /> : null}
      {query.data !== undefined ? (
        <Shown stats={query.data} days={days} onDays={onDays} />
      ) : query.isError ? (
        <FailedState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <SkeletonRows count={1} heightPx={420} />
      )}
    </Page>
  )
}
