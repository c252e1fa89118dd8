/** Live clicks of a link, over a socket that is open only while the page is visible. */
import type { StreamEvent } from '@octet/contracts'
import { links } from '@octet/contracts/links'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { statsKey } from './get-link-stats.ts'

export type Counted = StreamEvent<typeof links, 'clicks'>['body']

/** Every event carries totals; charts and breakdowns reload at most this often. */
const refreshMs = 2_000

export interface LiveClicks {
  /** The socket delivers every click; without it the page polls. */
  readonly isLive: boolean
  /** The latest event; `undefined` until the first click. */
  readonly counted: Counted | undefined
}

interface Told {
  readonly onState: (isLive: boolean) => void
  readonly onCounted: (counted: Counted) => void
}

/** Loads the client on first use. Returns a function that stops it. */
function listen(id: string, { onState, onCounted }: Told): () => void {
  const ended = new AbortController()
  async function start(): Promise<void> {
    const { createRealtimeClient, realtimeUrl } = await import('@octet/realtime-client')
    if (ended.signal.aborted) return
    const client = createRealtimeClient({ url: realtimeUrl(location.href), page: window })
    const following = client.stream(links, 'clicks', id).follow({
      onNews: news => onCounted(news.body),
      onEnd: () => onState(false),
    })
    const stopWatching = client.state.subscribe(() => onState(client.state.get().kind === 'open'))
    client.connect()
    ended.signal.addEventListener('abort', () => {
      stopWatching()
      following.stop()
      client.close()
    })
  }
  // Without the client's code the page continues to poll.
  start().catch(() => onState(false))
  return () => ended.abort()
}

export function useLiveClicks(id: string): LiveClicks {
  const queryClient = useQueryClient()
  const [isLive, setLive] = useState(false)
  const [counted, setCounted] = useState<Counted>()
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = listen(id, {
      onState: setLive,
      onCounted(next) {
        setCounted(next)
        timer ??= setTimeout(() => {
          timer = undefined
          void queryClient.invalidateQueries({ queryKey: statsKey(id) })
        }, refreshMs)
      },
    })
    return () => {
      clearTimeout(timer)
      stop()
    }
  }, [id, queryClient])
  return { isLive, counted }
}
