/** The list of systems. Each provides its pages, messages, navigation and commands; a new system adds one line. */
export { chat } from '../features/chat/app.ts'
export { home } from '../features/home/app.ts'
export { identity } from '../features/identity/app.ts'
export { links } from '../features/links/app.ts'
