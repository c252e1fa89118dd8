/** Every message there is: each file of English words adds its own keys by declaration merging. */
import type { en } from './en.ts'

export interface MessageKeys extends Record<keyof typeof en, string> {}

export type MessageKey = keyof MessageKeys
