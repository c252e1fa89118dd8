/** Maps events of other modules to use cases. */
import { onAnyModule } from '@octet/kernel'
import { recordErased } from './erasure/record-erased.ts'
import { recordExported } from './export/record-exported.ts'

export const handlers = [onAnyModule('user-erased', recordErased), onAnyModule('user-exported', recordExported)]
