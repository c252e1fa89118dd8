import type { Rule } from '../rule.ts'
import { commentRules } from './comments.ts'
import { documentRules } from './documents.ts'
import { englishRules } from './english.ts'
import { habitRules } from './habits.ts'
import { manifestRules } from './manifests.ts'
import { migrationRules } from './migrations.ts'
import { mutantRules } from './mutants.ts'
import { namedThingRules } from './named-things.ts'
import { nameRules } from './names.ts'
import { publicationRules } from './publication.ts'
import { sizeRules } from './size.ts'
import { walkRules } from './walks.ts'

/** All rules of tidy. A rule without a planted violation fails tools/test/tidy.test.ts. */
export const tidyRules: readonly Rule[] = [
  ...sizeRules,
  ...nameRules,
  ...commentRules,
  ...habitRules,
  ...migrationRules,
  ...manifestRules,
  ...publicationRules,
  ...documentRules,
  ...namedThingRules,
  ...walkRules,
  ...englishRules,
  ...mutantRules,
]
