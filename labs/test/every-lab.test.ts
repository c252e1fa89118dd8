/** Each lab runs in its short form, or names the test that is one, so that none stops working unnoticed. */
import { join } from 'node:path'
import { findExperiments } from '../../bench/experiment.ts'
import { testShortForms } from '../../bench/short-forms.ts'

testShortForms(await findExperiments(join(import.meta.dirname, '..'), 'lab'))
