/** What the pages behind the first ones say in English; fetched with the first of them. */
import { accountArea } from './account-area.ts'
import { chat } from './chat.ts'
import { linkPage } from './link-page.ts'
import { linkPlaces } from './link-places.ts'
import { pageProblems } from './page-problems.ts'
import { people } from './people.ts'

export const pages = { ...accountArea, ...people, ...chat, ...linkPage, ...linkPlaces, ...pageProblems } as const
