/** Every message in German. */
import type { en } from '../en/index.ts'
import { accountArea } from './account-area.ts'
import { chat } from './chat.ts'
import { entrance } from './entrance.ts'
import { identity } from './identity.ts'
import { linkPage } from './link-page.ts'
import { linkPlaces } from './link-places.ts'
import { links } from './links.ts'
import { people } from './people.ts'
import { problems } from './problems.ts'
import { shell } from './shell.ts'

export const de: Readonly<Record<keyof typeof en, string>> = {
  ...shell,
  ...identity,
  ...chat,
  ...linkPage,
  ...linkPlaces,
  ...entrance,
  ...accountArea,
  ...people,
  ...links,
  ...problems,
}
