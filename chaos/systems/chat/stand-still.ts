/**
 * A reader whose socket nobody reads while much is said. The kernels of both sides take megabytes before the server has
 * to keep anything, so small messages and slow wires never reach its bound: these are as large as messages may be.
 */

import type { ChatClient } from './client.ts'
import { lastHeard } from './room-oracle.ts'

export interface Stood {
  /** Times the server cut off a reader that stood still past its bound. */
  readonly cutOff: number
  /** Readers that went on from where they had stopped: they heard all, and loaded nothing anew. */
  readonly resumed: number
}

export interface StandStill {
  readonly origins: readonly string[]
  readonly reader: ChatClient
  readonly speaker: ChatClient
  /** The reader follows this one. */
  readonly room: string
}

/** 32 KB on the wire; as `modules/chat` counts them, 8,000 characters. */
const largest = '\u{1d11e}'.repeat(8_000)
const saidMax = 500
const lookEvery = 10
const waitMsMax = 60_000
const series = /^octet_realtime_slow_total(?:\{[^}]*\})? (\d+)/m

/** Lets it stand until it is cut off, and then go on. Every server must be up. */
export async function standStill({ origins, reader, speaker, room }: StandStill): Promise<Stood> {
  const before = await slowReaders(origins)
  await speaker.say(room)
  await until(() => heard(reader, room) > 0)
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
  const [connections, last] = [reader.frames.connections, heard(reader, room)]
  reader.wire.set({})
  await speaker.say(room)
  const isBack = await until(() => heard(reader, room) >= last + said)
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
