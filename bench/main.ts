/** `npm run bench -- [NAME] [--json] [--long]` */
import { calls } from './calls.ts'
import { chatHistory } from './chat-history.ts'
import { chatSend } from './chat-send.ts'
import { runExperiments } from './experiment.ts'
import { linksMillion } from './links-million.ts'
import { linksRedirect } from './links-redirect.ts'
import { linksStats } from './links-stats.ts'
import { logins500 } from './logins.ts'
import { read } from './read.ts'
import { realtimeFanout } from './realtime-fanout.ts'
import { realtimeIdle } from './realtime-idle.ts'
import { realtimeLoad } from './realtime-load.ts'

process.exitCode = await runExperiments('bench', [
  linksRedirect,
  linksMillion,
  linksStats,
  calls,
  read,
  logins500,
  chatHistory,
  chatSend,
  realtimeIdle,
  realtimeFanout,
  realtimeLoad,
])
