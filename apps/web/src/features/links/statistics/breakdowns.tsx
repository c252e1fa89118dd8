/** The origins of clicks: one small bar chart per question, the most frequent answers first. */
import { Button } from '@mantine/core'
import type { ClickDimension, LinkStats } from '@octet/contracts/links'
import { useState } from 'react'
import { formatNumber } from '../../../shared/format.ts'
import { type Locale, type MessageKey, useLocale } from '../../../shared/i18n.tsx'
import { numberFormat, regionName } from '../../../shared/intl.ts'
import classes from './breakdowns.module.css'

type Breakdown = LinkStats['breakdowns'][number]
type Counted = Pick<Breakdown, 'values' | 'otherClicks'>

const shownFirst = 6

const titles: Readonly<Record<ClickDimension, MessageKey>> = {
  country: 'stats.by-country',
  city: 'stats.by-city',
  device: 'stats.by-device',
  browser: 'stats.by-browser',
  system: 'stats.by-system',
  referrer: 'stats.by-referrer',
  utmSource: 'stats.by-utm-source',
  utmMedium: 'stats.by-utm-medium',
  utmCampaign: 'stats.by-utm-campaign',
  variant: 'stats.by-variant',
}

const deviceNames: Readonly<Record<string, MessageKey>> = {
  desktop: 'device.desktop',
  mobile: 'device.mobile',
  tablet: 'device.tablet',
  tv: 'device.tv',
  other: 'stats.other',
}

/** The name of a country in the reader's language; the code itself for an unknown one. */
export function countryName(code: string, tag: string): string {
  try {
    return regionName(code, tag) ?? code
  } catch {
    return code // the text does not have the form of a code
  }
}

/** The label of a counted value, in the reader's language. */
export function valueName(dimension: ClickDimension, value: string, { t, tag }: Locale): string {
  if (value === '(other)' || value === 'other') return t('stats.other')
  if (value === '(direct)') return t('stats.direct')
  if (dimension === 'country' && value !== '') return countryName(value, tag)
  const device = dimension === 'device' ? deviceNames[value] : undefined
  return device === undefined ? value : t(device)
}

interface LineProps {
  readonly name: string
  readonly clicks: number
  readonly share: number
  /** As a share of the longest bar. */
  readonly length: number
}

function Line({ name, clicks, share, length }: LineProps) {
  const { tag } = useLocale()
  const percent = numberFormat(tag, { style: 'percent', maximumFractionDigits: 0 }).format(share)
  return (
    <li className={classes.line}>
      <svg className={classes.bar} viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
        <rect width={Math.max(0.5, length * 100)} height="1" />
      </svg>
      <span className={`${classes.name} truncate`} title={name}>
        {name}
      </span>
      <span className={classes.count}>{formatNumber(clicks, tag)}</span>
      <span className={classes.share}>{percent}</span>
    </li>
  )
}

export function BreakdownList({ dimension, values, otherClicks }: Counted & { dimension: ClickDimension }) {
  const locale = useLocale()
  const { t } = locale
  const [isWhole, setWhole] = useState(false)
  const total = values.reduce((sum, { clicks }) => sum + clicks, otherClicks)
  const longest = Math.max(1, otherClicks, ...values.map(({ clicks }) => clicks))
  const shown = isWhole ? values : values.slice(0, shownFirst)
  const hidden = values.slice(shown.length).reduce((sum, { clicks }) => sum + clicks, otherClicks)
  const id = `by-${dimension}`
  return (
    <section className={classes.box} aria-labelledby={id}>
      <h3 id={id}>{t(titles[dimension])}</h3>
      <ol className={classes.lines}>
        {shown.map(({ value, clicks }) => (
          <Line
            key={value}
            name={valueName(dimension, value, locale)}
            clicks={clicks}
            share={clicks / Math.max(1, total)}
            length={clicks / longest}
          />
        ))}
        {hidden > 0 ? (
          <Line
            name={t('stats.other')}
            clicks={hidden}
            share={hidden / Math.max(1, total)}
            length={Math.min(1, hidden / longest)}
          />
        ) : null}
      </ol>
      {values.length > shownFirst ? (
        <Button className="no-print" variant="subtle" size="xs" color="gray" onClick={() => setWhole(!isWhole)}>
          {isWhole ? t('stats.show-fewer') : t('stats.show-all', { n: values.length })}
        </Button>
      ) : null}
    </section>
  )
}

export function Breakdowns({ breakdowns }: Pick<LinkStats, 'breakdowns'>) {
  const { t } = useLocale()
  const known = breakdowns.filter(each => each.values.length > 0 || each.otherClicks > 0)
  if (known.length === 0) return <p className="dimmed">{t('stats.no-breakdowns')}</p>
  return (
    <div className={classes.grid}>
      {known.map(each => (
        <BreakdownList key={each.dimension} {...each} />
      ))}
    </div>
  )
}
