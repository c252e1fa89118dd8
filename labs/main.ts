/** `npm run lab -- [NAME] [--json] [--short | --long]` */
import { findExperiments, runExperiments } from '../bench/experiment.ts'

process.exitCode = await runExperiments('lab', await findExperiments(import.meta.dirname, 'lab'))
