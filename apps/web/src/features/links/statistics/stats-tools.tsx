/** The interval of the clicks over time (hours, days or weeks) and the time zone. */
import { NativeSelect, SegmentedControl } from '@mantine/core'
import { useMemo } from 'react'
import { useLocale } from '../../../shared/i18n.tsx'
import { useSavedChoice } from '../../../shared/saved-choice.ts'
import classes from '../manage/link-page.module.css'
import { type Interval, intervals, isIntervalFit } from './day-ranges.ts'

export interface StatsToolsProps {
  readonly days: number
  readonly interval: Interval
  readonly timeZone: string
  readonly onInterval: (interval: Interval) => Promise<unknown>
  /** `undefined`: the user's own. */
  readonly onZone: (zone: string | undefined) => Promise<unknown>
}

const names = { hour: 'stats.hour', day: 'stats.day', week: 'stats.week' } as const

export function StatsTools({ days, interval, timeZone, onInterval, onZone }: StatsToolsProps) {
  const { t, timeZone: own } = useLocale()
  const zones = useMemo(
    () => [...new Set([own, 'UTC', timeZone, ...Intl.supportedValuesOf('timeZone')])],
    [own, timeZone],
  )
  const [shownInterval, chooseInterval] = useSavedChoice(interval, onInterval)
  const [shownZone, chooseZone] = useSavedChoice(timeZone, zone => onZone(zone === own ? undefined : zone))
  return (
    <div className={`${classes.chartTools} no-print`}>
      <SegmentedControl
        size="xs"
        aria-label={t('stats.interval')}
        value={shownInterval}
        onChange={value => chooseInterval(value as Interval)}
        data={intervals.map(each => ({ value: each, label: t(names[each]), disabled: !isIntervalFit(each, days) }))}
      />
      <NativeSelect
        size="xs"
        aria-label={t('stats.zone')}
        value={shownZone}
        onChange={event => chooseZone(event.currentTarget.value)}
        data={zones.map(zone => ({ value: zone, label: zone.replaceAll('_', ' ') }))}
      />
    </div>
  )
}
