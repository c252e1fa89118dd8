/** What the first pages say in English: where one comes in, home, and the frame of every page. */
import { entrance } from './entrance.ts'
import { identity } from './identity.ts'
import { links } from './links.ts'
import { navigation } from './navigation.ts'
import type { pages } from './pages.ts'
import { problems } from './problems.ts'
import { shell } from './shell.ts'

export const en = { ...shell, ...navigation, ...identity, ...entrance, ...links, ...problems } as const

/** Every message there is, with those of the further pages. */
export type MessageKey = keyof typeof en | keyof typeof pages
