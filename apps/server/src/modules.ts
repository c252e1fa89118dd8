/** The modules of Octet. Which of them a process serves is `OCTET_MODULES`. */
import { chatModule } from '@octet/chat'
import { identityModule } from '@octet/identity'
import type { AnyModule } from '@octet/kernel'
import { linksModule } from '@octet/links'
import { mailsModule } from '@octet/mails'

export const modules: readonly AnyModule[] = [identityModule, linksModule, chatModule, mailsModule]
