/** The part of PostgreSQL's protocol (version 3) that faults need: frames, and the statement text they carry. */

export interface Frame {
  /** One letter; empty for the start-up message, which has no type. */
  readonly type: string
  /** The whole frame, with type and length. */
  readonly bytes: Buffer
}

/** Cuts a byte stream into frames. `hasStartup`: the first frame has no type (clients). */
export function frameReader(hasStartup: boolean): (bytes: Buffer) => Frame[] {
  let unread: Buffer = Buffer.alloc(0)
  let isStartup = hasStartup
  return bytes => {
    unread = unread.length === 0 ? bytes : Buffer.concat([unread, bytes])
    const frames: Frame[] = []
    for (;;) {
      const typeBytes = isStartup ? 0 : 1
      if (unread.length < typeBytes + 4) return frames
      const sizeBytes = typeBytes + unread.readInt32BE(typeBytes)
      if (unread.length < sizeBytes) return frames
      const frame = unread.subarray(0, sizeBytes)
      frames.push({ type: isStartup ? '' : frame.toString('latin1', 0, 1), bytes: frame })
      isStartup = false
      unread = unread.subarray(sizeBytes)
    }
  }
}

/** The zero-terminated texts at the start of a frame. */
export function textsOf({ bytes }: Frame, count: number): string[] {
  const texts: string[] = []
  let start = 5
  while (texts.length < count) {
    const end = bytes.indexOf(0, start)
    if (end === -1) break
    texts.push(bytes.toString('utf8', start, end))
    start = end + 1
  }
  return texts
}

/**
 * The statement of a client's frame: a simple query carries its text, a Parse its name and text, a Bind only the name
 * of a statement parsed earlier. `undefined` for all other frames.
 */
export function statementReader(): (frame: Frame) => string | undefined {
  const named = new Map<string, string>()
  return frame => {
    if (frame.type === 'Q') return textsOf(frame, 1)[0]
    if (frame.type === 'P') {
      const [name = '', text = ''] = textsOf(frame, 2)
      named.set(name, text)
      return text
    }
    return frame.type === 'B' ? named.get(textsOf(frame, 2)[1] ?? '') : undefined
  }
}
