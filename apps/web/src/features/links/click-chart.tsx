/**
 * Clicks over time as bars. A hidden slider lies over them: with it the arrow keys walk from bar to bar, and a screen
 * reader says each one; the pointer does the same by moving.
 */
import { useElementSize } from '@mantine/hooks'
import { type PointerEvent, useState } from 'react'
import { formatDay, formatNumber } from '../../shared/format.ts'
import { type Locale, useLocale } from '../../shared/i18n.tsx'
import classes from './click-chart.module.css'
import { type Bucket, niceMax } from './click-days.ts'

const height = 220
const plot = { top: 8, bottom: 24, left: 44 }
const plotHeight = height - plot.top - plot.bottom

function bucketLabel({ from, to }: Bucket, { tag, t }: Locale): string {
  const short = { month: 'short', day: 'numeric' } as const
  if (from === to) return formatDay(from, tag, { ...short, weekday: 'short' })
  return t('chart.span', { from: formatDay(from, tag, short), to: formatDay(to, tag, short) })
}

interface ChartProps {
  readonly buckets: readonly Bucket[]
  readonly hasBots: boolean
  readonly label: string
}

function Axis({ max, width, locale }: { max: number; width: number; locale: string }) {
  return [0, max / 2, max].map(value => {
    const y = plot.top + plotHeight * (1 - value / max)
    return (
      <g key={value}>
        <line className={classes.grid} x1={plot.left} x2={width} y1={y} y2={y} />
        <text className={classes.axis} x={plot.left - 8} y={y + 4} textAnchor="end">
          {formatNumber(value, locale)}
        </text>
      </g>
    )
  })
}

interface BarProps {
  readonly bucket: Bucket
  readonly x: number
  readonly width: number
  readonly max: number
  readonly hasBots: boolean
}

function Bar({ bucket, x, width, max, hasBots }: BarProps) {
  const heightOf = (clicks: number) => (clicks === 0 ? 0 : Math.max(1, (clicks / max) * plotHeight))
  const people = heightOf(bucket.clicks)
  const bots = hasBots ? heightOf(bucket.botClicks) : 0
  const base = plot.top + plotHeight
  const radius = Math.min(2, width / 4)
  return (
    <>
      <rect className={classes.people} x={x} y={base - people} width={width} height={people} rx={radius} />
      {bots > 0 ? (
        <rect
          className={classes.bots}
          fill="url(#octet-hatch)"
          x={x + 0.5}
          y={base - people - bots}
          width={Math.max(1, width - 1)}
          height={bots}
        />
      ) : null}
    </>
  )
}

/** About five labels, the last bar always among them. */
function isLabelled(index: number, count: number): boolean {
  const every = Math.max(1, Math.ceil(count / 5))
  return (count - 1 - index) % every === 0
}

function Bars({ buckets, hasBots, width, active }: Omit<ChartProps, 'label'> & { width: number; active?: number }) {
  const { tag } = useLocale()
  const max = niceMax(Math.max(0, ...buckets.map(each => each.clicks + (hasBots ? each.botClicks : 0))))
  const step = (width - plot.left) / Math.max(1, buckets.length)
  const barWidth = Math.max(1, Math.min(32, step * 0.72))
  return (
    <>
      <Axis max={max} width={width} locale={tag} />
      {buckets.map((bucket, index) => {
        const left = plot.left + index * step
        const middle = left + step / 2
        const anchor = index === buckets.length - 1 && buckets.length > 7 ? 'end' : 'middle'
        return (
          <g key={bucket.from}>
            <rect
              className={classes.column}
              data-active={index === active || undefined}
              x={left}
              y={plot.top}
              width={step}
              height={plotHeight}
            />
            <Bar bucket={bucket} x={middle - barWidth / 2} width={barWidth} max={max} hasBots={hasBots} />
            {isLabelled(index, buckets.length) ? (
              <text
                className={classes.axis}
                x={anchor === 'end' ? left + step : middle}
                y={height - 4}
                textAnchor={anchor}
              >
                {formatDay(bucket.to, tag, { month: 'short', day: 'numeric' })}
              </text>
            ) : null}
          </g>
        )
      })}
    </>
  )
}

export function ClickChart({ buckets, hasBots, label }: ChartProps) {
  const locale = useLocale()
  const { ref, width } = useElementSize<HTMLDivElement>()
  const [active, setActive] = useState<number | undefined>(undefined)
  const shown = buckets[active ?? buckets.length - 1]
  const textOf = (bucket: Bucket) =>
    locale.t('chart.bar', { when: bucketLabel(bucket, locale), n: bucket.clicks, bots: bucket.botClicks })

  function point(event: PointerEvent<SVGSVGElement>): void {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left - plot.left
    const index = Math.floor((x / Math.max(1, width - plot.left)) * buckets.length)
    setActive(index >= 0 && index < buckets.length ? index : undefined)
  }
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.readout}>
        {shown === undefined ? null : (
          <>
            <strong>{bucketLabel(shown, locale)}</strong>
            <span className={classes.legendPeople}>{locale.t('chart.people', { n: shown.clicks })}</span>
            {hasBots ? (
              <span className={classes.legendBots}>{locale.t('chart.bots', { n: shown.botClicks })}</span>
            ) : null}
          </>
        )}
      </figcaption>
      <div ref={ref}>
        <svg
          className={classes.chart}
          viewBox={`0 0 ${Math.max(width, 1)} ${height}`}
          role="img"
          aria-label={label}
          onPointerMove={point}
          onPointerDown={point}
          onPointerLeave={() => setActive(undefined)}
        >
          <defs>
            <pattern id="octet-hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <line className={classes.hatch} x1="0" y1="0" x2="0" y2="5" />
            </pattern>
          </defs>
          {width > 0 ? <Bars buckets={buckets} hasBots={hasBots} width={width} active={active} /> : null}
        </svg>
      </div>
      <input
        className={`${classes.slider} no-print`}
        type="range"
        min={0}
        max={Math.max(0, buckets.length - 1)}
        value={active ?? buckets.length - 1}
        aria-label={locale.t('chart.walk')}
        aria-valuetext={shown === undefined ? '' : textOf(shown)}
        onChange={event => setActive(Number(event.currentTarget.value))}
        onBlur={() => setActive(undefined)}
      />
    </figure>
  )
}
