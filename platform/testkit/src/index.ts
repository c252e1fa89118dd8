export { accessFindings, type Callers } from './access-matrix.ts'
export { type TestApp, type TestAppOptions, testApp } from './app.ts'
export type { Caller, Response } from './caller.ts'
export { defer, type Test } from './cleanup.ts'
export { testDatabase } from './database.ts'
export { type FuzzOptions, fuzzFindings } from './fuzz.ts'
export { type HttpClient, httpClient } from './http-client.ts'
export { judgeCounts, type KillPlan, type KillVerdict, killUnderLoad, type Tally } from './kill-under-load.ts'
export { listen, openPeer, type Peer, signIn } from './peer.ts'
export { erasePerson, exportedRows } from './person.ts'
export { fillTables, type HotQueries, plansOf, type QueryPlan, scansIn } from './plans.ts'
export { classified, howToClassify, privacyFindings } from './privacy-findings.ts'
export { getRequest, openRawConnection, type RawConnection, type RawConnectionOptions } from './raw-connection.ts'
export { type RedisProcess, startRedis } from './redis-process.ts'
export {
  descendantsOf,
  freePort,
  type ServerProcess,
  type ServerProcessOptions,
  startServerProcess,
} from './server-process.ts'
export { geoDatabase } from './tiny-mmdb.ts'
