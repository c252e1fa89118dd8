/** mails: the mails this installation keeps or could not deliver, for its administrators. */
import { mails } from '@octet/contracts/mails'
import { defineModule } from '@octet/kernel'
import { operations } from './operations.ts'

export const mailsModule = defineModule({
  contract: mails,
  calls: [],
  migrations: new URL('../migrations/', import.meta.url),
  open: async (_floor, { outbox }) => ({ outbox }),
  operations,
  privacy: { keepsNothing: 'the floor keeps the mails, and each module forgets its own' },
})
