/** Every message in German. */
import type { MessageKey } from '../en/index.ts'
import { accountArea } from './account-area.ts'
import { chat } from './chat.ts'
import { entrance } from './entrance.ts'
import { identity } from './identity.ts'
import { linkPage } from './link-page.ts'
import { linkPlaces } from './link-places.ts'
import { links } from './links.ts'
import { navigation } from './navigation.ts'
import { pageProblems } from './page-problems.ts'
import { people } from './people.ts'
import { problems } from './problems.ts'
import { shell } from './shell.ts'

export const de: Readonly<Record<MessageKey, string>> = {
  ...shell,
  ...navigation,
  ...identity,
  ...chat,
  ...linkPage,
  ...linkPlaces,
  ...entrance,
  ...accountArea,
  ...people,
  ...pageProblems,
  ...links,
  ...problems,
}
