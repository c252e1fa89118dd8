/** Stands between two processes and misbehaves on purpose, one whole HTTP request at a time. */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { defer, type Test } from '@octet/testkit'

export type Fault = 'none' | 'delay' | 'drop-before' | 'drop-after' | 'duplicate'

export interface ChaosProxy {
  readonly url: string
  /** What happens to the next `times` requests. */
  inject(fault: Fault, times: number): void
  /** How many requests a fault really hit: a test that hit none proves nothing. */
  readonly hits: number
}

const delayMs = 60

export async function chaosProxy(t: Test, targetUrl: string): Promise<ChaosProxy> {
  let fault: Fault = 'none'
  let left = 0
  let hits = 0
  const server = createServer(async (incoming, outgoing) => {
    const body = await bodyOf(incoming)
    const now = left > 0 ? fault : 'none'
    if (left > 0) {
      left--
      hits++
    }
    if (now === 'drop-before') return void incoming.socket.destroy()
    if (now === 'delay') await new Promise(resolve => setTimeout(resolve, delayMs))
    if (now === 'duplicate') await forward(targetUrl, incoming, body)
    const answer = await forward(targetUrl, incoming, body)
    if (now === 'drop-after') return void incoming.socket.destroy()
    reply(outgoing, answer)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  defer(t, async () => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    inject(next, times) {
      fault = next
      left = times
    },
    get hits() {
      return hits
    },
  }
}

interface Answer {
  readonly status: number
  readonly type: string
  readonly body: Buffer
}

function forward(targetUrl: string, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', headers: { ...incoming.headers, connection: 'close' } }
    const outgoing = request(new URL(incoming.url ?? '/', targetUrl), options, async answer => {
      const type = answer.headers['content-type'] ?? 'text/plain'
      resolve({ status: answer.statusCode ?? 502, type, body: await bodyOf(answer) })
    })
    outgoing.once('error', reject)
    outgoing.end(body)
  })
}

function reply(outgoing: ServerResponse, { status, type, body }: Answer): void {
  outgoing.writeHead(status, { 'content-type': type, 'content-length': body.length }).end(body)
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
