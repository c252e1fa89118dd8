/** `npm run bench -- [NAME] [--json] [--short | --long]` */
import { findExperiments, runExperiments } from './experiment.ts'

process.exitCode = await runExperiments('bench', await findExperiments(import.meta.dirname, 'bench'))
