/** `npm run lab -- [NAME] [--json] [--long]` */
import { runExperiments } from '../bench/experiment.ts'
import { aliasRace } from './alias-race.ts'
import { chatChaos } from './chat-chaos.ts'
import { clickCounter } from './click-counter.ts'
import { killLoop } from './kill-loop.ts'
import { lostTail } from './lost-tail.ts'
import { receiptsCost } from './receipts-cost.ts'
import { reconnectStorm } from './reconnect-storm.ts'
import { serialOrder } from './serial-order.ts'
import { staleCache } from './stale-cache.ts'
import { stampede } from './stampede.ts'

process.exitCode = await runExperiments('lab', [
  aliasRace,
  clickCounter,
  stampede,
  staleCache,
  killLoop,
  chatChaos,
  serialOrder,
  receiptsCost,
  lostTail,
  reconnectStorm,
])
