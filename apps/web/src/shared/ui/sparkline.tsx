/** A small line chart in the size of a word. Text states its meaning; it is never the only source of a number. */
import classes from './sparkline.module.css'

export interface SparklineProps {
  readonly values: readonly number[]
  readonly label: string
  readonly width?: number
  readonly height?: number
}

export function Sparkline({ values, label, width = 84, height = 24 }: SparklineProps) {
  const max = Math.max(1, ...values)
  const stepX = width / Math.max(1, values.length - 1)
  const y = (value: number) => height - 2 - (value / max) * (height - 4)
  const points = values.map((value, index) => `${(index * stepX).toFixed(1)},${y(value).toFixed(1)}`)
  return (
    <svg className={classes.root} viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="img">
      <title>{label}</title>
      <polygon className={classes.area} points={`0,${height} ${points.join(' ')} ${width},${height}`} />
      <polyline className={classes.line} points={points.join(' ')} />
    </svg>
  )
}
