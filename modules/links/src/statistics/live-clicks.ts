/**
 * Publishes clicks to the subscribers of a link. Pulled, not pushed: each process reads the totals of the links its own
 * sockets follow, four times a second in one query. It does not matter which process counted a click, and a link
 * without subscribers costs nothing.
 */
import type { links } from '@octet/contracts/links'
import type { Db } from '@octet/db'
import type { ModuleRealtime } from '@octet/kernel'
import * as store from './watch-store.ts'

const lookMs = 250
const renewMs = 10_000
/** How long the latest clicks of a link are kept after its last subscriber was seen. */
const watchMs = 3 * renewMs
const idsPerQueryMax = 1_000
/** An admitted socket is not subscribed yet. Until it certainly is, every poll publishes. */
const greetMs = 2_000

export interface LiveClicks {
  /** A subscriber has arrived and receives the current state even without new clicks. */
  greet(linkId: string): void
  close(): Promise<void>
}

export interface LiveClicksOptions {
  readonly db: Db
  readonly realtime: Pick<ModuleRealtime<typeof links>, 'emitHere' | 'heard'>
  readonly now: () => number
  readonly onFailure: (error: unknown) => void
}

interface State {
  readonly options: LiveClicksOptions
  /** What was last published of each followed link. */
  told: Map<string, string>
  /** Links that are published even without new clicks, and until when. */
  readonly greeted: Map<string, number>
  renewedAtMs: number
}

/** Starts polling. */
export function startLiveClicks(options: LiveClicksOptions): LiveClicks {
  const state: State = { options, told: new Map(), greeted: new Map(), renewedAtMs: 0 }
  let isClosed = false
  let looking = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  // The next poll starts some time after the last one ended, so that a slow database is queried less.
  const schedule = () => {
    timer = setTimeout(() => {
      looking = look(state)
        .catch(options.onFailure)
        .finally(() => {
          if (!isClosed) schedule()
        })
    }, lookMs).unref()
  }
  schedule()
  return {
    greet: linkId => void state.greeted.set(linkId, options.now() + greetMs),
    async close() {
      isClosed = true
      clearTimeout(timer)
      await looking
    },
  }
}

async function look(state: State): Promise<void> {
  const { realtime, db, now } = state.options
  for (const [id, untilMs] of state.greeted) if (untilMs < now()) state.greeted.delete(id)
  const owned = new Set(realtime.heard('clicks'))
  const shared = new Set(realtime.heard('shared-clicks'))
  const ids = [...new Set([...owned, ...shared])]
  const told = new Map<string, string>()
  if (ids.length === 0) {
    state.told = told
    return
  }
  if (ids.some(id => !state.told.has(id)) || now() - state.renewedAtMs >= renewMs) {
    const span = { now: new Date(now()).toISOString(), until: new Date(now() + watchMs).toISOString() }
    await store.watchLinks(db, ids, span)
    state.renewedAtMs = now()
  }
  for (let start = 0; start < ids.length; start += idsPerQueryMax) {
    for (const row of await store.readWatched(db, ids.slice(start, start + idsPerQueryMax))) {
      const { link_id: id, clicks, bots: botClicks, last_clicked_at: lastClickedAt, recent } = row
      const says = `${clicks} ${botClicks}`
      told.set(id, says)
      if (state.told.get(id) === says && !state.greeted.has(id)) continue
      if (owned.has(id)) {
        realtime.emitHere('clicks', id, { type: 'counted', body: { clicks, botClicks, lastClickedAt, recent } })
      }
      if (shared.has(id)) {
        realtime.emitHere('shared-clicks', id, { type: 'counted', body: { clicks, lastClickedAt } })
      }
    }
  }
  state.told = told
}
