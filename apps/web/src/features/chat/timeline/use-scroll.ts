/** The scroll position of the log: at the end it stays at the end; elsewhere the visible messages do not move. */
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'

/** Within this distance the log counts as being at its end. */
const atEndPx = 48
/** Within this distance from the beginning, older messages are loaded. */
const nearEdgePx = 600

interface Anchor {
  readonly id: string
  readonly topPx: number
}

function firstVisible(box: HTMLElement): Anchor | undefined {
  const edge = box.getBoundingClientRect().top
  for (const row of box.querySelectorAll<HTMLElement>('[data-message]')) {
    const { top, bottom } = row.getBoundingClientRect()
    if (bottom > edge) return { id: row.dataset.message ?? '', topPx: top - edge }
  }
  return undefined
}

export interface ScrollOptions {
  /** Changes whenever the shown messages change. */
  readonly content: unknown
  /** Changes with the range of messages: the scroll position starts over. */
  readonly isAtPresent: boolean
  readonly onNearTop: () => void
  readonly onNearBottom: () => void
}

export type Scroll = ReturnType<typeof useScroll>

/** `isAtEnd`: the newest message is visible. */
export function useScroll(box: RefObject<HTMLElement | null>, options: ScrollOptions) {
  const { content, isAtPresent } = options
  const [isAtEnd, setAtEnd] = useState(true)
  const stick = useRef(true)
  const anchor = useRef<Anchor>(undefined)
  const latest = useRef(options)
  latest.current = options

  const look = useCallback(() => {
    const element = box.current
    if (element === null) return
    const left = element.scrollHeight - element.clientHeight - element.scrollTop
    const isHere = left <= atEndPx && latest.current.isAtPresent
    stick.current = isHere
    setAtEnd(isHere)
    anchor.current = firstVisible(element)
    if (element.scrollTop < nearEdgePx) latest.current.onNearTop()
    if (left < nearEdgePx) latest.current.onNearBottom()
  }, [box])

  const settle = useCallback(() => {
    const element = box.current
    if (element === null) return
    if (stick.current) element.scrollTop = element.scrollHeight
    else if (anchor.current !== undefined) {
      const { id, topPx } = anchor.current
      const row = element.querySelector<HTMLElement>(`[data-message="${CSS.escape(id)}"]`)
      if (row !== null) {
        const movedPx = row.getBoundingClientRect().top - element.getBoundingClientRect().top - topPx
        if (movedPx !== 0) element.scrollTop += movedPx
      }
    }
  }, [box])

  // biome-ignore lint/correctness/useExhaustiveDependencies: it runs whenever the shown messages have changed
  useLayoutEffect(settle, [content, settle])
  // biome-ignore lint/correctness/useExhaustiveDependencies: a short page must load more by itself
  useEffect(look, [content, isAtPresent, look])
  useEffect(() => {
    const element = box.current
    if (element === null) return
    const observer = new ResizeObserver(settle)
    observer.observe(element)
    if (element.firstElementChild !== null) observer.observe(element.firstElementChild)
    return () => observer.disconnect()
  }, [box, settle])

  return {
    isAtEnd,
    onScroll: look,
    toEnd(): void {
      stick.current = true
      settle()
      look()
    },
    /** Scrolls to a message; the target of a search gets the focus. False when the message is not on the screen. */
    toMessage(id: string, reason: 'found' | 'new'): boolean {
      const row = box.current?.querySelector<HTMLElement>(`[data-message="${CSS.escape(id)}"]`)
      if (row == null || box.current === null) return false
      stick.current = false
      const aboveShare = reason === 'found' ? 0.4 : 0.25
      const { top } = row.getBoundingClientRect()
      box.current.scrollTop += top - box.current.getBoundingClientRect().top - box.current.clientHeight * aboveShare
      if (reason === 'found') row.focus({ preventScroll: true })
      look()
      return true
    },
  }
}
