/** Calendar arithmetic for statistics. Pure. */
import { createMemo } from '@octet/cache'

interface Day {
  readonly date: string
  readonly clicks: number
  readonly botClicks: number
}

/** ISO weeks, named by their Monday; the first begins with the first day of the series. */
export function weeksOf(days: readonly Day[]): Day[] {
  const weeks: { date: string; clicks: number; botClicks: number }[] = []
  for (const { date, clicks, botClicks } of days) {
    const isMonday = new Date(`${date}T00:00:00Z`).getUTCDay() === 1
    const week = weeks.at(-1)
    if (week === undefined || isMonday) weeks.push({ date, clicks, botClicks })
    else {
      week.clicks += clicks
      week.botClicks += botClicks
    }
  }
  return weeks
}

/** When a calendar day begins in a time zone. Where midnight is skipped, the first instant of the day. */
export function instantOf(date: string, timeZone: string): string {
  const asUtcMs = Date.parse(`${date}T00:00:00Z`)
  // Two steps: the offset at the guess may differ from that at midnight when the clock changes in between.
  const guessMs = asUtcMs - offsetMs(asUtcMs, timeZone)
  return new Date(asUtcMs - offsetMs(guessMs, timeZone)).toISOString()
}

const formatsMax = 100
const formatOf = createMemo(
  formatsMax,
  timeZone => new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }),
)

function offsetMs(atMs: number, timeZone: string): number {
  const parts = formatOf(timeZone).formatToParts(atMs)
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const match = /^GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(name)
  if (match === null) return 0
  const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0)
  return (match[1] === '-' ? -seconds : seconds) * 1000
}
