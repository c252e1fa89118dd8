/** A chat with a few people in it. */
import { chat } from '@octet/contracts/chat'
import { newId } from '@octet/db'
import { serviceRequest } from '@octet/kernel'
import { type TestApp, type TestAppOptions, testApp } from '@octet/testkit'
import { chatModule } from '../src/module.ts'

export const [ada, ben, cleo, dan] = [newId(), newId(), newId(), newId()] as const
const names = new Map([
  [ada, 'ada'],
  [ben, 'ben'],
  [cleo, 'cleo'],
  [dan, 'dan'],
])

/** `<caller> <blocked>` pairs. */
export const blocks = new Set<string>()
export const reports: { id: string; reason: string; note: string }[] = []

/** The fake identity: names, blocks and reports. */
export const fakes: NonNullable<TestAppOptions['fakes']> = {
  identity: {
    getUsers: async ({ ids }: { ids: string[] }) => ({
      users: ids.flatMap(id => {
        const username = names.get(id)
        return username === undefined ? [] : [{ id, username, displayName: username.toUpperCase() }]
      }),
    }),
    getBlocks: async ({ userId, otherIds }: { userId: string; otherIds: string[] }) => ({
      blockedBy: otherIds.filter(id => blocks.has(`${id} ${userId}`)),
      hasBlocked: otherIds.filter(id => blocks.has(`${userId} ${id}`)),
    }),
    reportUser: async (report: { id: string; reason: string; note: string }) => {
      reports.push(report)
      return { id: newId() }
    },
  },
}

export function openChat(t: Parameters<typeof testApp>[0], options: Partial<TestAppOptions> = {}): Promise<TestApp> {
  return testApp(t, { modules: [chatModule], fakes, ...options })
}

/** A chat client that acts as one of them. */
export function as(app: TestApp, userId: string) {
  return app.client(chat, { token: app.as(userId) })
}

/** A cmid that has not been used. */
export const cmid = () => `cmid-${newId()}`

/** Runs one of chat's jobs now, as the worker would. */
export async function runJob(app: TestApp, name: string, payload: object = {}): Promise<void> {
  const job = chatModule.jobs?.find(each => each.job.name === name)
  if (job === undefined) throw new Error(`chat has no job "${name}"`)
  const attempt = { id: newId(), attempt: 1, signal: new AbortController().signal }
  await job.run(
    app.runtime.host.contextOf('chat', serviceRequest('chat', newId(), 30_000)) as never,
    { ...payload },
    attempt,
  )
}
