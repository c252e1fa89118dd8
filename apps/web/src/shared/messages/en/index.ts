/** Every message in English, which also says which messages there are. */
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

export const en = {
  ...shell,
  ...identity,
  ...chat,
  ...entrance,
  ...accountArea,
  ...people,
  ...linkPage,
  ...linkPlaces,
  ...links,
  ...problems,
} as const
