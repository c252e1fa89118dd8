/** The modules of Octet. Which of them a process serves is `OCTET_MODULES`. */
import type { AnyModule } from '@octet/kernel'
import * as list from './module-list.ts'

export const modules: readonly AnyModule[] = Object.values<AnyModule>(list)
