/** `npm run check:tidy`: style as a check. */
import { report } from './rule.ts'
import { tidyRules } from './tidy/rules.ts'
import { readTree } from './tree.ts'

report('tidy', tidyRules, readTree())
