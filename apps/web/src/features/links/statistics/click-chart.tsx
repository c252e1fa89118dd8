/**
 * Clicks over time as bars. A hidden slider covers them: its arrow keys move from bar to bar, and a screen reader
 * announces each one. Moving the pointer does the same.
 */
import { useElementSize } from '@mantine/hooks'
import { type PointerEvent, useState } from 'react'
import { formatNumber } from '../../../shared/format.ts'
import { useLocale } from '../../../shared/i18n.tsx'
import type { Bar as ChartBar } from './click-bars.ts'
import classes from './click-chart.module.css'
import { niceMax } from './click-days.ts'

const height = 220
const plot = { top: 8, bottom: 24, left: 44 }
const plotHeight = height - plot.top - plot.bottom

interface ChartProps {
  readonly bars: readonly ChartBar[]
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
  readonly bar: ChartBar
  readonly x: number
  readonly width: number
  readonly max: number
  readonly hasBots: boolean
}

function Bar({ bar, x, width, max, hasBots }: BarProps) {
  const heightOf = (clicks: number) => (clicks === 0 ? 0 : Math.max(1, (clicks / max) * plotHeight))
  const people = heightOf(bar.clicks)
  const bots = hasBots ? heightOf(bar.botClicks) : 0
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

/** About five labels, always including the last bar. */
function isLabelled(index: number, count: number): boolean {
  const every = Math.max(1, Math.ceil(count / 5))
  return (count - 1 - index) % every === 0
}

function Bars({ bars, hasBots, width, active }: Omit<ChartProps, 'label'> & { width: number; active?: number }) {
  const { tag } = useLocale()
  const max = niceMax(Math.max(0, ...bars.map(each => each.clicks + (hasBots ? each.botClicks : 0))))
  const step = (width - plot.left) / Math.max(1, bars.length)
  const barWidth = Math.max(1, Math.min(32, step * 0.72))
  return (
    <>
      <Axis max={max} width={width} locale={tag} />
      {bars.map((bar, index) => {
        const left = plot.left + index * step
        const middle = left + step / 2
        const anchor = index === bars.length - 1 && bars.length > 7 ? 'end' : 'middle'
        return (
          <g key={bar.key}>
            <rect
              className={classes.column}
              data-active={index === active || undefined}
              x={left}
              y={plot.top}
              width={step}
              height={plotHeight}
            />
            <Bar bar={bar} x={middle - barWidth / 2} width={barWidth} max={max} hasBots={hasBots} />
            {isLabelled(index, bars.length) ? (
              <text
                className={classes.axis}
                x={anchor === 'end' ? left + step : middle}
                y={height - 4}
                textAnchor={anchor}
              >
                {bar.tick}
              </text>
            ) : null}
          </g>
        )
      })}
    </>
  )
}

export function ClickChart({ bars, hasBots, label }: ChartProps) {
  const locale = useLocale()
  const { ref, width } = useElementSize<HTMLDivElement>()
  const [active, setActive] = useState<number | undefined>(undefined)
  const shown = bars[active ?? bars.length - 1]
  const textOf = (bar: ChartBar) => locale.t('chart.bar', { when: bar.label, n: bar.clicks, bots: bar.botClicks })

  function point(event: PointerEvent<SVGSVGElement>): void {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left - plot.left
    const index = Math.floor((x / Math.max(1, width - plot.left)) * bars.length)
    setActive(index >= 0 && index < bars.length ? index : undefined)
  }
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.readout}>
        {shown === undefined ? null : (
          <>
            <strong>{shown.label}</strong>
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
          {width > 0 ? <Bars bars={bars} hasBots={hasBots} width={width} active={active} /> : null}
        </svg>
      </div>
      <input
        className={`${classes.slider} no-print`}
        type="range"
        min={0}
        max={Math.max(0, bars.length - 1)}
        value={active ?? bars.length - 1}
        aria-label={locale.t('chart.walk')}
        aria-valuetext={shown === undefined ? '' : textOf(shown)}
        onChange={event => setActive(Number(event.currentTarget.value))}
        onBlur={() => setActive(undefined)}
      />
    </figure>
  )
}
