/** The one list of modules. A new system is one more line; `OCTET_MODULES` chooses among them. */
export { chatModule } from '@octet/chat'
export { identityModule } from '@octet/identity'
export { linksModule } from '@octet/links'
export { mailsModule } from '@octet/mails'
