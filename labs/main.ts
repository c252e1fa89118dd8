/** `npm run lab -- [NAME] [--json] [--long]` */
import { runExperiments } from '../bench/experiment.ts'
import { aliasRace } from './alias-race.ts'
import { clickCounter } from './click-counter.ts'

process.exitCode = await runExperiments('lab', [aliasRace, clickCounter])
