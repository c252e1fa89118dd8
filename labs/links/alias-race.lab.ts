/** Twenty people request one alias at the same time. Who gets it? */
import { join } from 'node:path'
import { links } from '@octet/contracts/links'
import { openPool, startEmbeddedPostgres, uniqueViolation } from '@octet/db'
import { signUp } from '@octet/identity/testing'
import { createLog } from '@octet/observe'
import { httpClient, type ServerProcess } from '@octet/testkit'
import type { Experiment } from '../../bench/experiment.ts'
import { median } from '../../bench/load/latency.ts'
import { startOctet, withTempDir } from '../../bench/octet.ts'

const createsAtOnce = 20

/** @public loaded by main.ts */
export const experiment: Experiment = {
  name: 'alias-race',
  shows: `owners of one alias after ${createsAtOnce} simultaneous creates: check, then insert, against insert first`,
  cores: 'shared',
  goals: [
    { of: 'octetAliasesWithOneOwner', atLeast: 1 },
    { of: 'octetOtherAnswers', atMost: 0 },
  ],
  run: ({ pick, say }) =>
    withTempDir(async dir => {
      const rounds = pick({ short: 3, normal: 40, long: 200 })
      say('starting PostgreSQL')
      const postgres = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), log: createLog({ level: 'error' }) })
      try {
        const bare = await raceOnTables(postgres.url, rounds)
        say('starting two servers on one database')
        const octet = await raceOnServers(postgres.url, dir, rounds)
        const { checkFirst, checkFirstWithConstraint, insertFirst } = bare
        return {
          baseline: 'check whether the alias is taken, then insert it, without a constraint (what Kutt 3.2 does)',
          metrics: {
            rounds,
            checkFirstOwnersPerAlias: checkFirst.owners / rounds,
            checkFirstOwnersMax: checkFirst.ownersMax,
            checkFirstAliasesWithSeveralOwners: checkFirst.shared,
            constraintErrorsPerAlias: checkFirstWithConstraint.errors / rounds,
            insertFirstOwnersPerAlias: insertFirst.owners / rounds,
            insertFirstErrors: insertFirst.errors,
            octetCreated: octet.created,
            octetTaken: octet.taken,
            octetOtherAnswers: octet.other,
          },
          ratios: {
            octetAliasesWithOneOwner: octet.withOneOwner / rounds,
            checkFirstAliasesWithOneOwner: 1 - checkFirst.shared / rounds,
            insertFirstTimeOfCheckFirst: insertFirst.roundMs / checkFirst.roundMs,
          },
        }
      } finally {
        await postgres.stop()
      }
    }),
}

type Pool = ReturnType<typeof openPool>
/** Tries to become the owner of an alias; false when it is taken. Throws what the database throws. */
type Claim = (sql: Pool, alias: string) => Promise<boolean>

async function checkThenInsert(sql: Pool, alias: string): Promise<boolean> {
  const taken = await sql`select 1 from aliases where alias = ${alias}`
  if (taken.length > 0) return false
  await sql`insert into aliases (alias) values (${alias})`
  return true
}

async function insertOrFail(sql: Pool, alias: string): Promise<boolean> {
  const rows = await sql`insert into aliases (alias) values (${alias}) on conflict do nothing returning true`
  return rows.length === 1
}

async function raceOnTables(url: string, rounds: number) {
  const sql = openPool(url, { connectionsMax: createsAtOnce })
  try {
    await sql`create table aliases (id bigint generated always as identity primary key, alias text not null)`
    await sql`create index aliases_by_alias on aliases (alias)`
    const checkFirst = await race(sql, checkThenInsert, rounds)
    await sql`truncate aliases`
    await sql`create unique index aliases_alias_unique on aliases (alias)`
    const checkFirstWithConstraint = await race(sql, checkThenInsert, rounds)
    await sql`truncate aliases`
    const insertFirst = await race(sql, insertOrFail, rounds)
    return { checkFirst, checkFirstWithConstraint, insertFirst }
  } finally {
    await sql.end({ timeout: 5 })
  }
}

interface Outcome {
  /** The requests that were answered with success. */
  owners: number
  ownersMax: number
  /** Aliases with more than one owner. */
  shared: number
  /** Claims that ended in the database's own error, a 500 unless the code catches it. */
  errors: number
  readonly roundMs: number
}

async function race(sql: Pool, claim: Claim, rounds: number): Promise<Outcome> {
  const outcome = { owners: 0, ownersMax: 0, shared: 0, errors: 0 }
  const timesMs: number[] = []
  for (let round = 0; round < rounds; round++) {
    const startedMs = performance.now()
    const claims = await Promise.allSettled(Array.from({ length: createsAtOnce }, () => claim(sql, `alias-${round}`)))
    timesMs.push(performance.now() - startedMs)
    const owners = claims.filter(result => result.status === 'fulfilled' && result.value).length
    outcome.owners += owners
    outcome.ownersMax = Math.max(outcome.ownersMax, owners)
    if (owners > 1) outcome.shared++
    for (const result of claims) {
      if (result.status === 'fulfilled') continue
      if (uniqueViolation(result.reason) === undefined) throw result.reason
      outcome.errors++
    }
  }
  return { ...outcome, roundMs: median(timesMs) }
}

async function raceOnServers(databaseUrl: string, dir: string, rounds: number) {
  const environment = { DATABASE_URL: databaseUrl }
  const servers: ServerProcess[] = []
  const answers = { created: 0, taken: 0, other: 0, withOneOwner: 0 }
  try {
    for (const name of ['one', 'two']) servers.push(await startOctet({ dataDir: join(dir, name), environment }))
    const clients = servers.map(({ origin }) => httpClient(origin))
    const token = await signUp(servers[0]?.origin ?? '')
    for (let round = 0; round < rounds; round++) {
      const statuses = await Promise.all(
        Array.from({ length: createsAtOnce }, async (_, index) => {
          const input = { url: `https://example.org/${index}`, alias: `race-${round}` }
          return (await clients[index % clients.length]!.request(links, 'createLink', input, { token })).status
        }),
      )
      const count = (wanted: number) => statuses.filter(status => status === wanted).length
      const [created, taken] = [count(201), count(409)]
      answers.created += created
      answers.taken += taken
      answers.other += createsAtOnce - created - taken
      if (created === 1) answers.withOneOwner++
    }
    return answers
  } finally {
    await Promise.all(servers.map(server => server.stop()))
  }
}
