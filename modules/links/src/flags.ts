/** What an administrator can turn off in links while it runs. */
import type { Flag } from '@octet/kernel'

export const titleFetching: Flag = {
  name: 'links.fetch-titles',
  isOnByDefault: true,
  about: {
    en: 'Links get the titles of the pages that they lead to.',
    de: 'Links bekommen die Titel der Seiten, auf die sie führen.',
  },
}

export const flags = [titleFetching]
