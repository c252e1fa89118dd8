/** The one list of systems. Each brings its pages, words, navigation and commands; a new system is one more line. */
export { chat } from '../features/chat/app.ts'
export { home } from '../features/home/app.ts'
export { identity } from '../features/identity/app.ts'
export { links } from '../features/links/app.ts'
