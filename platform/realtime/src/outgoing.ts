/** Frames on their way out: made once, whoever and however many they are for. */
import type { LogEvent, ServerFrame } from '@octet/contracts'

/** The bytes of one unmasked WebSocket text frame. */
export type Packet = Buffer

/** An `events` frame is cut at about this size, so that a slow reader is waited for in between. */
const eventsCharsMax = 64 * 1024

/** RFC 6455, section 5.2: final text frame, no mask. */
function packetOf(text: string): Packet {
  const length = Buffer.byteLength(text)
  const headSize = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const packet = Buffer.allocUnsafe(headSize + length)
  packet[0] = 0x81
  if (headSize === 2) packet[1] = length
  else if (headSize === 4) {
    packet[1] = 126
    packet.writeUInt16BE(length, 2)
  } else {
    packet[1] = 127
    packet.writeBigUInt64BE(BigInt(length), 2)
  }
  packet.write(text, headSize)
  return packet
}

export function framePacket(frame: ServerFrame): Packet {
  return packetOf(JSON.stringify(frame))
}

/** A live event. */
export function eventPacket(stream: string, epoch: string, event: LogEvent): Packet {
  return framePacket({ t: 'event', stream, epoch, ...event })
}

export interface EventsPacket {
  readonly packet: Packet
  readonly lastSeq: number
}

/** As many of the first events as one frame takes; at least one. */
export function firstEvents(list: readonly LogEvent[]): readonly LogEvent[] {
  let chars = 0
  const end = list.findIndex(event => {
    chars += JSON.stringify(event).length
    return chars >= eventsCharsMax
  })
  return end === -1 ? list : list.slice(0, end + 1)
}

/** Events of a replay, in as many frames as their size asks for. */
export function eventsPackets(stream: string, epoch: string, list: readonly LogEvent[]): EventsPacket[] {
  const head = `{"t":"events","stream":${JSON.stringify(stream)},"epoch":${JSON.stringify(epoch)},"list":[`
  const packets: EventsPacket[] = []
  let text = ''
  for (const [index, event] of list.entries()) {
    text += `${text === '' ? '' : ','}${JSON.stringify(event)}`
    if (text.length < eventsCharsMax && index < list.length - 1) continue
    packets.push({ packet: packetOf(`${head}${text}]}`), lastSeq: event.seq })
    text = ''
  }
  return packets
}
