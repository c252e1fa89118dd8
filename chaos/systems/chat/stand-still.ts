/**
 * A reader that stops reading its socket. The kernels of both sides buffer megabytes before the server has to keep
 * anything, so the messages here have the maximum size: small messages and slow wires never reach the server's limit.
 */

import type { ChatClient } from './client.ts'
import { lastHeard } from './room-oracle.ts'

export interface Stood {
  /** How often the server disconnected the reader. */
  readonly cutOff: number
  /** Readers that resumed from their last position: they received everything and did not reload. */
  readonly resumed: number
}

export interface StandStill {
  readonly origins: readonly string[]
  readonly reader: ChatClient
  readonly speaker: ChatClient
  /** The room that the reader follows. */
  readonly room: string
}

/** 32 KB on the wire; `modules/chat` counts 8,000 characters. */
const largest = '\u{1d11e}'.repeat(8_000)
const saidMax = 500
const lookEvery = 10
const waitMsMax = 60_000
const series = /^octet_realtime_slow_total(?:\{[^}]*\})? (\d+)/m

/** Stops reading until the reader is disconnected, then resumes. Every server must be up. */
export async function standStill({ origins, reader, speaker, room }: StandStill): Promise<Stood> {
  const before = await slowReaders(origins)
  const firstSeq = await speaker.say(room)
  await until(() => heard(reader, room) >= firstSeq)
  // Read before the cut: a reader may open its next socket before the cut shows in the metrics.
  const { connections } = reader.frames
  reader.wire.set({ isBlackHole: true })
  let [said, cutOff] = [1, 0]
  const startedMs = performance.now()
  while (cutOff === 0 && performance.now() - startedMs < waitMsMax) {
    if (said < saidMax) {
      await speaker.say(room, largest)
      said++
    } else await new Promise(resolve => setTimeout(resolve, 50))
    if (said % lookEvery === 0) cutOff = (await slowReaders(origins)) - before
  }
  reader.wire.set({})
  const lastSeq = await speaker.say(room)
  const isBack = await until(() => heard(reader, room) >= lastSeq)
  const loads = reader.readers().find(each => each.room === room)?.spans.length
  return { cutOff, resumed: isBack && loads === 1 && reader.frames.connections > connections ? 1 : 0 }
}

function heard(reader: ChatClient, room: string): number {
  const found = reader.readers().find(each => each.room === room)
  return found === undefined ? 0 : lastHeard(found)
}

async function until(fits: () => boolean): Promise<boolean> {
  const untilMs = performance.now() + waitMsMax
  while (!fits() && performance.now() < untilMs) await new Promise(resolve => setTimeout(resolve, 20))
  return fits()
}

async function slowReaders(origins: readonly string[]): Promise<number> {
  const texts = origins.map(async origin => (await fetch(`${origin}/metrics`)).text())
  return (await Promise.all(texts)).reduce((sum, text) => sum + Number(series.exec(text)?.[1] ?? 0), 0)
}
