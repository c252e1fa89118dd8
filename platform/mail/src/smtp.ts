/** Mail by SMTP. */
import type { Mailbox } from './address.ts'
import type { Rendered } from './content.ts'

export interface Letter extends Rendered {
  readonly id: string
  readonly to: string
  readonly sentAt: string
}

export interface Transport {
  /** Throws {@link Refused} for a permanent rejection, and what nodemailer throws otherwise. */
  deliver(letter: Letter): Promise<void>
  close(): void
}

/** The server rejected the mail permanently (RFC 5321, 5yz to the recipient or the message). */
export class Refused extends Error {
  override readonly name = 'Refused'
}

const connectTimeoutMs = 10_000
const answerTimeoutMs = 20_000
const connectionsMax = 2

/** `smtp://` or `smtps://`, with `user:password@` where the server requires it. Connects when first needed. */
export function smtpTransport({ url, from, domain }: { url: string; from: Mailbox; domain: string }): Transport {
  let opened: ReturnType<typeof openTransport> | undefined
  return {
    async deliver({ id, to, subject, text, html, sentAt }) {
      try {
        opened ??= openTransport(url)
        const transport = await opened
        await transport.sendMail({
          // As objects: text would be parsed, and one address might become two.
          from: { name: from.name, address: from.address },
          to: { name: '', address: to },
          envelope: { from: from.address, to: [to] },
          // The same for every attempt, so that a mail delivered twice is recognised as one.
          messageId: `<${id}@${domain}>`,
          date: new Date(sentAt),
          subject,
          text,
          html,
          headers: { 'Auto-Submitted': 'auto-generated' },
        })
      } catch (error) {
        throw refusalIn(error) ?? error
      }
    },
    close: () => void opened?.then(transport => transport.close()),
  }
}

/** Loads nodemailer with the first mail: many servers have no mail server, and all of them start sooner. */
async function openTransport(url: string) {
  const { createTransport } = await import('nodemailer')
  return createTransport({
    url,
    pool: true,
    maxConnections: connectionsMax,
    connectionTimeout: connectTimeoutMs,
    greetingTimeout: connectTimeoutMs,
    socketTimeout: answerTimeoutMs,
    // The content is ours, but it must never make the server read a file or fetch an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}

/**
 * Only a rejection of this recipient or message is permanent; the connection or the sign-in is the operator's problem.
 */
function refusalIn(error: unknown): Refused | undefined {
  const { code, responseCode, message } = error as { code?: string; responseCode?: number; message?: string }
  const isForGood = responseCode !== undefined && responseCode >= 550 && responseCode <= 554
  if (!isForGood || (code !== 'EENVELOPE' && code !== 'EMESSAGE')) return undefined
  return new Refused(message ?? `answered ${responseCode}`, { cause: error })
}
