/** `npm run check:boundaries`: checks which file may import which. */
import { boundaryRules } from './boundaries/rules.ts'
import { report } from './rule.ts'
import { readTree } from './tree.ts'

report('boundaries', boundaryRules, readTree())
