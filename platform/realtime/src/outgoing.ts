/** Outgoing frames. Each is encoded once per transport, however many readers receive it. */
import type { LogEvent, ServerFrame } from '@octet/contracts'

/** A frame, with its bytes for each transport once a reader of that transport needs them. */
export interface Packet {
  readonly frame: ServerFrame
  /** The frame as JSON. */
  readonly text: string
  socketBytes: Buffer | undefined
  eventsBytes: Buffer | undefined
}

/** An `events` frame is cut at about this size, so that the server can wait for a slow reader in between. */
const eventsCharsMax = 64 * 1024

/** Creates a packet from a frame. */
export function framePacket(frame: ServerFrame): Packet {
  return packetOf(frame, JSON.stringify(frame))
}

function packetOf(frame: ServerFrame, text: string): Packet {
  return { frame, text, socketBytes: undefined, eventsBytes: undefined }
}

/** The bytes of one unmasked WebSocket text frame (RFC 6455, section 5.2). */
export function socketBytesOf(packet: Packet): Buffer {
  packet.socketBytes ??= encodeSocketFrame(packet.text)
  return packet.socketBytes
}

function encodeSocketFrame(text: string): Buffer {
  const length = Buffer.byteLength(text)
  const headSize = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const bytes = Buffer.allocUnsafe(headSize + length)
  bytes[0] = 0x81
  if (headSize === 2) bytes[1] = length
  else if (headSize === 4) {
    bytes[1] = 126
    bytes.writeUInt16BE(length, 2)
  } else {
    bytes[1] = 127
    bytes.writeBigUInt64BE(BigInt(length), 2)
  }
  bytes.write(text, headSize)
  return bytes
}

/** The bytes of one or more server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export function eventsBytesOf(packet: Packet): Buffer {
  packet.eventsBytes ??= Buffer.from(encodeServerSentEvents(packet.frame))
  return packet.eventsBytes
}

/**
 * Live events have no name, so that `onmessage` receives them; every other frame uses its `t` as the name. The id is a
 * position, `SEQ@EPOCH`, which a browser sends back in `Last-Event-ID`.
 */
function encodeServerSentEvents(frame: ServerFrame): string {
  switch (frame.t) {
    case 'event': {
      const { t: _type, stream: _stream, epoch, ...event } = frame
      return messageOf(epoch, event)
    }
    case 'events':
      return frame.list.map(event => messageOf(frame.epoch, event)).join('')
    case 'subscribed':
    case 'reset':
      return `${frame.epoch === '' ? '' : `id: ${frame.seq}@${frame.epoch}\n`}${namedOf(frame)}`
    case 'drain':
      return `retry: ${frame.retryMs}\n${namedOf(frame)}`
    default:
      return namedOf(frame)
  }
}

function messageOf(epoch: string, event: LogEvent): string {
  return `id: ${event.seq}@${epoch}\ndata: ${JSON.stringify(event)}\n\n`
}

/** JSON has no raw line breaks, so one `data` line holds it. */
function namedOf({ t, ...data }: ServerFrame): string {
  return `event: ${t}\ndata: ${JSON.stringify(data)}\n\n`
}

/** A packet with one live event. */
export function eventPacket(stream: string, epoch: string, event: LogEvent): Packet {
  return framePacket({ t: 'event', stream, epoch, ...event })
}

export interface EventsPacket {
  readonly packet: Packet
  readonly lastSeq: number
}

/** As many of the first events as fit into one frame, at least one. */
export function firstEvents(list: readonly LogEvent[]): readonly LogEvent[] {
  let chars = 0
  const end = list.findIndex(event => {
    chars += JSON.stringify(event).length
    return chars >= eventsCharsMax
  })
  return end === -1 ? list : list.slice(0, end + 1)
}

/** The events of a replay, in as many frames as their size needs. */
export function eventsPackets(stream: string, epoch: string, list: readonly LogEvent[]): EventsPacket[] {
  const head = `{"t":"events","stream":${JSON.stringify(stream)},"epoch":${JSON.stringify(epoch)},"list":[`
  const packets: EventsPacket[] = []
  let text = ''
  let start = 0
  for (const [index, event] of list.entries()) {
    text += `${text === '' ? '' : ','}${JSON.stringify(event)}`
    if (text.length < eventsCharsMax && index < list.length - 1) continue
    const frame: ServerFrame = { t: 'events', stream, epoch, list: list.slice(start, index + 1) }
    packets.push({ packet: packetOf(frame, `${head}${text}]}`), lastSeq: event.seq })
    text = ''
    start = index + 1
  }
  return packets
}
