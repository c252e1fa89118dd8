/** Clicks of a link as they come in, over a socket that is there only while somebody looks. */
import type { StreamEvent } from '@octet/contracts'
import { links } from '@octet/contracts/links'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { statsKey } from './get-link-stats.ts'

export type Counted = StreamEvent<typeof links, 'clicks'>['body']

/** Every event says totals; charts and breakdowns are read anew at most this often. */
const refreshMs = 2_000

export interface LiveClicks {
  /** There is a connection that tells of every click; without it the page asks every so often. */
  readonly isLive: boolean
  /** What was said last; `undefined` until the first click. */
  readonly counted: Counted | undefined
}

interface Told {
  readonly onState: (isLive: boolean) => void
  readonly onCounted: (counted: Counted) => void
}

/** Loads the client when it is first needed. Returns what ends it. */
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
  // Without its code the page goes on asking every so often.
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
