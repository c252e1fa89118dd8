/** What an administrator can turn off in identity while it runs. */
import type { Flag } from '@octet/kernel'

export const registrations: Flag = {
  name: 'identity.registrations',
  isOnByDefault: true,
  about: { en: 'New accounts can be created.', de: 'Neue Konten können angelegt werden.' },
}

export const pictureUploads: Flag = {
  name: 'identity.picture-uploads',
  isOnByDefault: true,
  about: { en: 'Accounts can change their profile pictures.', de: 'Konten können ihr Profilbild ändern.' },
}

export const flags = [registrations, pictureUploads]
