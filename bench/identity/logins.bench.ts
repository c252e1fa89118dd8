/** Five hundred concurrent sign-ins: do all succeed, and do they delay other callers? */
import { setTimeout as delay } from 'node:timers/promises'
import { signUp } from '@octet/identity/testing'
import { getRequest } from '@octet/testkit'
import { Agent, request } from 'undici'
import type { Experiment } from '../experiment.ts'
import { startGenerator } from '../load/generator.ts'
import { startOctet, withTempDir } from '../octet.ts'
import { loadSide, sideOf } from '../rounds.ts'

const loginsNormal = 500
const accounts = 25
const password = 'correct horse battery staple'
const getsPerSecond = 50
/** Until all are signed in. */
const stormMsNormal = 17_000
const giveUpMs = 120_000

interface Outcome {
  readonly answers: readonly number[]
  readonly tookMs: number
}

/** @public loaded by main.ts */
export const experiment: Experiment = {
  name: 'logins',
  shows: 'p99 of a signed-in GET while 500 people sign in at once, as a multiple of the same GET before',
  cores: 'split',
  goals: [
    { of: 'getP99OfIdle', atMost: 2 },
    { of: 'neverIn', atMost: 0 },
    { of: 'toldNothing', atMost: 0 },
  ],
  run: ({ cores, pick, say }) =>
    withTempDir(async dir => {
      const logins = pick({ short: 30, normal: loginsNormal, long: loginsNormal })
      const stormMs = pick({ short: 1_500, normal: stormMsNormal, long: stormMsNormal })
      const environment = { OCTET_TRUSTED_PROXIES: '1' }
      await using octet = await startOctet({ dataDir: dir, launcher: cores.server, environment })
      await using generator = startGenerator(cores.generator)
      const agent = new Agent({ connections: logins, pipelining: 1 })
      try {
        const token = await signUp(octet.origin)
        for (let index = 0; index < accounts; index++) {
          await post(agent, `${octet.origin}/api/v1/auth/register`, index, {
            username: `person_${index}`,
            email: `person${index}@example.org`,
            password,
          })
        }
        const gets = [{ request: getRequest('/api/v1/users/me', token), status: 200, contains: '"username"' }]
        const side = sideOf(octet, gets)
        const load = { connections: 16, openPerSecond: getsPerSecond }
        await loadSide(generator, side, { ...load, durationMs: 1_500 })
        const idle = await loadSide(generator, side, { ...load, durationMs: stormMs })
        say(`${logins} sign-ins`)
        const [busy, outcomes] = await Promise.all([
          loadSide(generator, side, { ...load, durationMs: stormMs }),
          Promise.all(Array.from({ length: logins }, (_, index) => signIn(agent, octet.origin, index))),
        ])
        const answers = outcomes.flatMap(outcome => outcome.answers)
        const times = outcomes.map(({ tookMs }) => tookMs).sort((a, b) => a - b)
        return {
          baseline: 'the same GET of the same server without sign-ins, same run',
          metrics: {
            idleGetP99Ms: idle.latency.p99Ms,
            busyGetP99Ms: busy.latency.p99Ms,
            idleGetP50Ms: idle.latency.p50Ms,
            busyGetP50Ms: busy.latency.p50Ms,
            inAtOnce: outcomes.filter(outcome => outcome.answers[0] === 200).length,
            toldToRetry: answers.filter(status => status === 503 || status === 429).length,
            toldNothing: answers.filter(status => ![200, 429, 503].includes(status)).length,
            neverIn: outcomes.filter(outcome => outcome.answers.at(-1) !== 200).length,
            halfInMs: times[logins >> 1] ?? 0,
            allInMs: times.at(-1) ?? 0,
          },
          ratios: { getP99OfIdle: busy.latency.p99Ms / idle.latency.p99Ms },
        }
      } finally {
        await agent.destroy()
      }
    }),
}

/** Signs in from its own address, and retries when told to. 599: refused without a time for the retry. */
async function signIn(agent: Agent, origin: string, index: number): Promise<Outcome> {
  const startedMs = performance.now()
  const answers: number[] = []
  for (;;) {
    const body = { login: `person_${index % accounts}`, password }
    const { status, retryAfterSeconds } = await post(agent, `${origin}/api/v1/auth/login`, index, body)
    const isOver = status === 200 || performance.now() - startedMs > giveUpMs
    answers.push(status !== 200 && retryAfterSeconds === undefined ? 599 : status)
    if (isOver) return { answers, tookMs: performance.now() - startedMs }
    // Not all at the same time again, as every good client does.
    await delay(((retryAfterSeconds ?? 1) + Math.random()) * 1_000)
  }
}

async function post(agent: Agent, url: string, index: number, body: object) {
  const {
    statusCode,
    headers,
    body: answer,
  } = await request(url, {
    method: 'POST',
    dispatcher: agent,
    headers: { 'content-type': 'application/json', 'x-forwarded-for': `10.${index >> 8}.${index & 255}.1` },
    body: JSON.stringify(body),
  })
  await answer.dump()
  const after = headers['retry-after']
  return { status: statusCode, retryAfterSeconds: after === undefined ? undefined : Number(after) }
}
