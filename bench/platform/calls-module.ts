/** One operation with an object of 0.8 KB there and back, behind the kernel; and the same function without it. */
import { access, anonymous, closed, defineContract, operation } from '@octet/contracts'
import { newId, openDb } from '@octet/db'
import { defineModule, type Host, openModules, type RequestInfo } from '@octet/kernel'
import { createLog, createMetrics, createTracer } from '@octet/observe'
import { Type } from 'typebox'

const Person = closed({
  id: Type.String({ minLength: 36, maxLength: 36 }),
  username: Type.String({ maxLength: 30 }),
  displayName: Type.String({ maxLength: 100 }),
  roles: Type.Array(Type.String({ maxLength: 20 })),
  version: Type.Integer(),
})
const People = closed({ title: Type.String({ maxLength: 100 }), people: Type.Array(Person) })

export const echoing = defineContract({
  name: 'echoing',
  problems: {},
  events: {},
  operations: {
    echo: operation({
      summary: 'Answer with what was asked',
      access: access.anyone,
      input: People,
      output: People,
      problems: [],
      retry: 'safe',
      timeoutMs: 2_000,
    }),
  },
})

const peopleCount = 5

/** 0.8 KB as JSON. */
export const people = {
  title: 'five people who work on one thing',
  people: Array.from({ length: peopleCount }, (_, index) => ({
    id: newId(),
    username: `someone-${index}`,
    displayName: `Some One the ${index + 1}th of that Name`,
    roles: ['user', 'moderator'],
    version: 1,
  })),
}

const echoingModule = defineModule({
  contract: echoing,
  calls: [],
  migrations: new URL('file:///'),
  privacy: { keepsNothing: 'it is made for a test' },
  open: async () => ({}),
  operations: { echo: async (_ctx: object, input) => input },
})

/** A host with that one module. Its database is never queried, so it need not exist. */
export function openEchoHost(): Promise<Host> {
  return openModules({
    modules: [echoingModule],
    tracer: createTracer(),
    installation: { personalDataModules: [], outbox: undefined as never, flags: undefined as never },
    floorOf: () => ({
      settings: {},
      db: openDb({ url: 'postgres://127.0.0.1:1/none', schema: 'echoing' }),
      log: createLog({ level: 'silent' }),
      metrics: createMetrics({ processMetrics: false }),
      jobs: undefined as never,
      flags: undefined as never,
      limiter: undefined as never,
      passwords: undefined as never,
      secrets: undefined as never,
      pictures: undefined as never,
      storage: undefined as never,
      archives: undefined as never,
      outbound: undefined as never,
      mail: undefined as never,
      now: Date.now,
      dataDir: '',
      origin: 'http://localhost',
      realtime: undefined as never,
    }),
  })
}

/** A new request, as each caller has one. */
export function newRequest(): RequestInfo {
  return { actor: anonymous, caller: 'bench', requestId: 'bench-request', deadlineMs: Date.now() + 5_000 }
}
