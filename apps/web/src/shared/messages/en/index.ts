/** Every message in English, which also says which messages there are. */
import { identity } from './identity.ts'
import { linkPage } from './link-page.ts'
import { linkPlaces } from './link-places.ts'
import { links } from './links.ts'
import { problems } from './problems.ts'
import { shell } from './shell.ts'

export const en = { ...shell, ...identity, ...linkPage, ...linkPlaces, ...links, ...problems } as const
