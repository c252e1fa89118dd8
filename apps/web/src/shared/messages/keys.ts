/** The keys of all messages: each file of English messages adds its own by declaration merging. */
import type { en } from './en.ts'

export interface MessageKeys extends Record<keyof typeof en, string> {}

export type MessageKey = keyof MessageKeys
