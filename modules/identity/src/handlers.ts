/** Events of other modules → use cases. */
import { onAnyModule } from '@octet/kernel'
import { noteErased } from './erasure/note-erased.ts'
import { noteExported } from './export/note-exported.ts'

export const handlers = [onAnyModule('user-erased', noteErased), onAnyModule('user-exported', noteExported)]
