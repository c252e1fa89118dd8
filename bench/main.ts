/** `npm run bench -- [NAME] [--json] [--long]` */
import { calls } from './calls.ts'
import { runExperiments } from './experiment.ts'
import { linksRedirect } from './links-redirect.ts'
import { read } from './read.ts'

process.exitCode = await runExperiments('bench', [linksRedirect, calls, read])
