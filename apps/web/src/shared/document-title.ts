/** The title of the tab: the number of unread items, then the name of the page. */
import { useEffect } from 'react'

const shownMax = 99
let page: string | undefined
let waiting = 0

function show(): void {
  if (page === undefined) return
  const count = waiting > shownMax ? `${shownMax}+` : String(waiting)
  document.title = `${waiting > 0 ? `(${count}) ` : ''}${page} · Octet`
}

export function useDocumentTitle(title: string): void {
  useEffect(() => {
    page = title
    show()
  }, [title])
}

/** 0 removes the count. */
export function useWaitingInTitle(count: number): void {
  useEffect(() => {
    waiting = count
    show()
    return () => {
      waiting = 0
      show()
    }
  }, [count])
}
