/** A relative time ("3 hours ago"), with the exact time on hover and for screen readers. */
import { useEffect, useState, useSyncExternalStore } from 'react'
import { formatDateTime, formatRelative } from '../format.ts'
import { useLocale } from '../i18n.tsx'

const tickMs = 30_000
let nowMs = Date.now()
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    nowMs = Date.now()
    for (const each of listeners) each()
  }, tickMs)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** The current time, at most half a minute old; one timer serves the whole page. */
export function useNow(): number {
  const ticked = useSyncExternalStore(subscribe, () => nowMs)
  const [mountedMs, setMountedMs] = useState(ticked)
  useEffect(() => setMountedMs(Date.now()), [])
  return Math.max(ticked, mountedMs)
}

export function When({ time }: { time: string }) {
  const { tag, timeZone } = useLocale()
  const now = useNow()
  const exact = formatDateTime(time, tag, timeZone)
  return (
    <time dateTime={time} title={exact}>
      {formatRelative(time, now, tag)}
      <span className="visually-hidden"> ({exact})</span>
    </time>
  )
}
