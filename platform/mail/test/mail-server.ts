/** A real SMTP server for tests, on a free port of this machine. */
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

export interface Received {
  readonly from: string
  readonly to: readonly string[]
  readonly raw: string
}

export interface MailServer {
  readonly url: string
  readonly received: Received[]
  /** The answer to recipients from now on; `undefined` accepts them. */
  refuseWith: { readonly code: number; readonly text: string } | undefined
  /** Cuts the connection once, after a message has arrived and before it is acknowledged. */
  dropAfterData: boolean
  close(): Promise<void>
}

/** Listens until closed; requires the user `octet` with the password `secret`. */
export async function startMailServer(): Promise<MailServer> {
  const state: MailServer = {
    url: '',
    received: [],
    refuseWith: undefined,
    dropAfterData: false,
    close: () => new Promise(resolve => server.close(() => resolve())),
  }
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    onAuth({ username, password }, _session, done) {
      if (username === 'octet' && password === 'secret') done(null, { user: username })
      else done(new Error('unknown'))
    },
    onRcptTo(_address, _session, done) {
      const { refuseWith } = state
      if (refuseWith === undefined) done()
      else done(Object.assign(new Error(refuseWith.text), { responseCode: refuseWith.code }))
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        state.received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString(),
        })
        if (!state.dropAfterData) return done()
        state.dropAfterData = false
        for (const connection of (server as unknown as { connections: Set<{ close(): void }> }).connections)
          connection.close()
      })
    },
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  return Object.assign(state, { url: `smtp://octet:secret@127.0.0.1:${port}` })
}
