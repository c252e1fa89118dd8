/** Each bench runs in its short form, so that none stops working unnoticed. */
import { join } from 'node:path'
import { findExperiments } from '../experiment.ts'
import { testShortForms } from '../short-forms.ts'

testShortForms(await findExperiments(join(import.meta.dirname, '..'), 'bench'))
