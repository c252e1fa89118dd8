/** HTTP over a bare socket: a client so cheap that what is measured, or killed, is the server. */
import { connect, type Socket } from 'node:net'

const browser = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36'

export interface RawConnectionOptions {
  readonly port: number
  readonly onOpen: () => void
  /** A whole answer. `bytes` (head and body) are overwritten by the next one. */
  readonly onAnswer: (status: number, bytes: Buffer) => void
  /** Once, however it ended. An answer that was under way never comes. */
  readonly onClose: (error: Error | undefined) => void
}

export interface RawConnection {
  /** Sends a whole request; the next one only after the answer (no pipelining). */
  send(request: string | Buffer): void
  close(): void
}

const bufferBytes = 64 * 1024
const answerBytesMax = 1024 * 1024
const connectTimeoutMs = 30_000
const contentLength = /\ncontent-length: *(\d+)/i

/** Opens a keep-alive connection to 127.0.0.1. It reads answers that say their length; chunked ones end it. */
export function openRawConnection(options: RawConnectionOptions): RawConnection {
  let failure: Error | undefined
  let unread: Buffer | undefined
  const socket: Socket = connect({
    host: '127.0.0.1',
    port: options.port,
    noDelay: true,
    // One buffer for the life of the connection: no allocation per answer.
    onread: {
      buffer: Buffer.allocUnsafeSlow(bufferBytes),
      callback: (size, buffer) => {
        read((buffer as Buffer).subarray(0, size))
        return true
      },
    },
  })
  const timer = setTimeout(() => socket.destroy(new Error('could not connect in time')), connectTimeoutMs)
  socket.once('connect', () => {
    clearTimeout(timer)
    options.onOpen()
  })
  socket.once('error', error => {
    failure = error
  })
  socket.once('close', () => {
    clearTimeout(timer)
    options.onClose(failure)
  })

  function read(chunk: Buffer): void {
    const bytes = unread === undefined ? chunk : Buffer.concat([unread, chunk])
    const sizeBytes = answerSize(bytes)
    if (sizeBytes === undefined || bytes.length < sizeBytes) {
      if (bytes.length > answerBytesMax) socket.destroy(new Error('an answer is too large'))
      else unread = Buffer.from(bytes)
    } else if (bytes.length > sizeBytes || Number.isNaN(sizeBytes)) {
      socket.destroy(new Error(`not an answer this client reads: ${bytes.subarray(0, 200).toString('latin1')}`))
    } else {
      unread = undefined
      options.onAnswer(statusOf(bytes), bytes)
    }
  }

  return {
    send: request => void socket.write(request),
    close: () => void socket.destroy(),
  }
}

/** `HTTP/1.1 302 …` → 302. */
function statusOf(bytes: Buffer): number {
  return (bytes[9]! - 48) * 100 + (bytes[10]! - 48) * 10 + (bytes[11]! - 48)
}

/** Bytes of the answer that begins here; `undefined` while its head is incomplete, NaN when it does not say. */
function answerSize(bytes: Buffer): number | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd === -1) return undefined
  const status = statusOf(bytes)
  const length = contentLength.exec(bytes.toString('latin1', 0, headEnd))?.[1]
  if (length !== undefined) return headEnd + 4 + Number(length)
  return status === 204 || status === 304 ? headEnd + 4 : Number.NaN
}

/** A whole request as a person's browser sends it, less what no server looks at. */
export function getRequest(path: string, token?: string): string {
  const authorization = token === undefined ? '' : `Authorization: Bearer ${token}\r\n`
  return `GET ${path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: ${browser}\r\nAccept: */*\r\n${authorization}\r\n`
}
