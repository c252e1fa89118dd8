/** `npm run check:boundaries`: what may import what. */
import { boundaryRules } from './boundaries/rules.ts'
import { report } from './rule.ts'
import { readTree } from './tree.ts'

report('boundaries', boundaryRules, readTree())
