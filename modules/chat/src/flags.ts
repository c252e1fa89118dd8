/** What an administrator can turn off in chat while it runs. */
import type { Flag } from '@octet/kernel'

export const linkPreviews: Flag = {
  name: 'chat.link-previews',
  isOnByDefault: true,
  about: {
    en: 'Messages with an address get a preview of its page.',
    de: 'Nachrichten mit einer Adresse bekommen eine Vorschau der Seite.',
  },
}

export const fileUploads: Flag = {
  name: 'chat.uploads',
  isOnByDefault: true,
  about: { en: 'Members can send files.', de: 'Mitglieder können Dateien senden.' },
}

export const flags = [linkPreviews, fileUploads]
