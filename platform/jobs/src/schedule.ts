/** Computes when a schedule fires next. Pure functions. */
import { Cron } from 'croner'

/** Five-field cron in UTC (`0 3 * * *`: daily at three), or a fixed interval. */
export type When = { readonly cron: string } | { readonly everyMs: number }

const everyMsMin = 1_000

/** The text that stores a schedule and compares it with others. Throws when the schedule is invalid. */
export function specOf(when: When): string {
  if ('everyMs' in when) {
    if (!Number.isInteger(when.everyMs) || when.everyMs < everyMsMin) {
      throw new RangeError(`everyMs is ${when.everyMs}; give a whole number, at least ${everyMsMin}`)
    }
    return `every ${when.everyMs}`
  }
  if (new Cron(when.cron, { timezone: 'UTC', mode: '5-part' }).nextRun() === null) {
    throw new RangeError(`cron "${when.cron}" never fires`)
  }
  return `cron ${when.cron}`
}

/**
 * The first time after `now`. A fixed interval keeps its phase (`previous`: when it last fired), so it does not drift.
 * One run makes up for all missed times.
 */
export function nextTime(spec: string, now: Date, previous: Date = now): Date {
  if (spec.startsWith('every ')) {
    const everyMs = Number(spec.slice('every '.length))
    const missed = Math.floor((now.getTime() - previous.getTime()) / everyMs)
    return new Date(previous.getTime() + (missed + 1) * everyMs)
  }
  const next = new Cron(spec.slice('cron '.length), { timezone: 'UTC', mode: '5-part' }).nextRun(now)
  if (next === null) throw new RangeError(`${spec} never fires`)
  return next
}
