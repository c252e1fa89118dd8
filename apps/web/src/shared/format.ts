/**
 * Formats numbers, times and addresses for people. Pure functions; locale, time zone and the current time are
 * arguments.
 */
import { dateFormat, numberFormat, relativeFormat } from './intl.ts'

export function formatNumber(value: number, locale: string): string {
  return numberFormat(locale).format(value)
}

export function formatDateTime(time: string, locale: string, timeZone: string): string {
  const style = { dateStyle: 'medium', timeStyle: 'short', timeZone } as const
  return dateFormat(locale, style).format(new Date(time))
}

/** A calendar date `YYYY-MM-DD`, which has no time zone, e.g. "Fri, Nov 21". */
export function formatDay(date: string, locale: string, options: Intl.DateTimeFormatOptions): string {
  return dateFormat(locale, { ...options, timeZone: 'UTC' }).format(new Date(`${date}T00:00:00Z`))
}

const steps = [
  ['year', 31_536_000_000],
  ['month', 2_592_000_000],
  ['week', 604_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

const halfMinuteMs = 30_000

/** "3 hours ago", "in 2 days"; below a minute "now". */
export function formatRelative(time: string, nowMs: number, locale: string): string {
  const format = relativeFormat(locale, { numeric: 'auto' })
  const plainMs = new Date(time).getTime() - nowMs
  // An expiry that was set to a week a moment ago still shows a week.
  const differenceMs = plainMs > 0 ? plainMs + halfMinuteMs : plainMs
  for (const [unit, unitMs] of steps) {
    if (Math.abs(differenceMs) >= unitMs) return format.format(Math.trunc(differenceMs / unitMs), unit)
  }
  return format.format(0, 'second')
}

/** An address without its obvious parts: scheme, `www.`, trailing slash. */
export function shortAddress(url: string): string {
  return url.replace(/^https?:\/\/(www\.)?/, '').replace(/\/$/, '')
}

/** `localhost:3000` has a port, not a scheme. */
const hasScheme = /^[a-z][a-z0-9+.-]*:(?!\d)/i

/** Completes a typed address: a missing scheme becomes `https://`. */
export function withScheme(typed: string): string {
  const text = typed.trim()
  return text === '' || hasScheme.test(text) ? text : `https://${text}`
}

function zonedParts(atMs: number, timeZone: string): Record<string, string> {
  const style = { dateStyle: 'short', timeStyle: 'medium', hourCycle: 'h23', timeZone } as const
  // The Swedish locale writes ISO order with two digits everywhere: "2026-11-21 07:30:00".
  const [date = '', time = ''] = dateFormat('sv-SE', style).format(atMs).split(' ')
  return { date, time }
}

/** Converts an ISO time to the value of a `datetime-local` input in the time zone; '' when there is no time. */
export function toZonedInput(time: string | null | undefined, timeZone: string): string {
  if (time === null || time === undefined) return ''
  const { date, time: clock } = zonedParts(new Date(time).getTime(), timeZone)
  return `${date}T${clock?.slice(0, 5)}`
}

/** The reverse: ISO UTC, or `null` when empty or unreadable. A time that a clock change skips moves past the gap. */
export function fromZonedInput(value: string, timeZone: string): string | null {
  const wallMs = Date.parse(`${value}Z`)
  if (Number.isNaN(wallMs)) return null
  const offsetAt = (atMs: number) => {
    const { date, time } = zonedParts(atMs, timeZone)
    return Date.parse(`${date}T${time}Z`) - Math.floor(atMs / 1000) * 1000
  }
  // The offset depends on the wanted instant; the second calculation is right except inside a gap.
  const guessMs = wallMs - offsetAt(wallMs)
  return new Date(wallMs - offsetAt(guessMs)).toISOString()
}
