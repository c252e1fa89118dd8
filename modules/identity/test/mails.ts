/** Reads the mails that an app has sent. */
import type { TestApp } from '@octet/testkit'

export interface ReadMail {
  readonly kind: string
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** Mails to an address, the newest first. */
export async function mailsTo(app: TestApp, to: string): Promise<ReadMail[]> {
  const { outbox } = app.runtime.mail
  const kept = await outbox.list({ limit: 100, to })
  return Promise.all(
    kept.map(async ({ id }) => {
      const mail = await outbox.read(id)
      if (mail === undefined) throw new Error('a mail went away')
      return mail
    }),
  )
}

const deadlineMs = 60_000

/** The newest mail of a kind, once `count` of them have come. */
export async function nextMail(app: TestApp, to: string, { kind, count = 1 }: { kind: string; count?: number }) {
  const endMs = performance.now() + deadlineMs
  for (;;) {
    const found = (await mailsTo(app, to)).filter(mail => mail.kind === kind)
    if (found.length >= count && found[0] !== undefined) return found[0]
    if (performance.now() > endMs) throw new Error(`${found.length} mails "${kind}" to ${to}, not ${count}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

/** Waits until identity has no jobs left, so every mail has been sent. */
export async function idle(app: TestApp): Promise<void> {
  const endMs = performance.now() + deadlineMs
  for (;;) {
    const { names } = await app.runtime.jobs.stats()
    const left = names.filter(({ name }) => /^identity\.(send|deliver)/.test(name))
    if (left.every(({ waiting, running }) => waiting + running === 0)) return
    if (performance.now() > endMs) throw new Error(`jobs are left: ${JSON.stringify(left)}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

export function codeIn({ text }: ReadMail): string {
  return /^[0-9A-Z]{4}-[0-9A-Z]{4}$/m.exec(text)?.[0] ?? fail(text)
}

export function tokenIn({ text }: ReadMail): string {
  return /#token=([\w-]{43})$/m.exec(text)?.[1] ?? fail(text)
}

function fail(text: string): never {
  throw new Error(`nothing to be found in ${text}`)
}
