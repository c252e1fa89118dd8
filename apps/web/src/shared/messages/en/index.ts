/** Every message in English, which also says which messages there are. */
import { identity } from './identity.ts'
import { links } from './links.ts'
import { problems } from './problems.ts'
import { shell } from './shell.ts'

export const en = { ...shell, ...identity, ...links, ...problems } as const
