/**
 * Texts of identity's mails. They contain only usernames, which cannot hold a link: our mails cannot be used as a lure.
 */
import type { Content, Language } from '@octet/mail'

interface About {
  readonly username: string
  readonly language: Language
}

/** Verifies an address: at registration, and when the address changes. */
export function codeMail({ username, language, code, minutes }: About & { code: string; minutes: number }): Content {
  const path = `/confirm-email#code=${code}` as const
  return language === 'de'
    ? {
        subject: 'Bestätige deine E-Mail-Adresse',
        lines: [`Mit diesem Code bestätigst du, dass die Adresse zu deinem Konto „${username}“ gehört:`],
        code,
        action: { label: 'Adresse bestätigen', path },
        small: [
          `Er gilt ${minutes} Minuten. Du hast kein Konto angelegt? Dann gib ihn nicht ein und niemandem weiter.`,
        ],
      }
    : {
        subject: 'Confirm your e-mail address',
        lines: [`With this code you confirm that the address belongs to your account “${username}”:`],
        code,
        action: { label: 'Confirm address', path },
        small: [
          `The code is valid for ${minutes} minutes. If you did not create an account, do not enter it and do not share it.`,
        ],
      }
}

/** To the owner of an address that was entered for another account. */
export function knownAddressMail({ username, language }: About): Content {
  return language === 'de'
    ? {
        subject: 'Du hast schon ein Konto',
        lines: [
          `Jemand wollte deine Adresse für ein anderes Konto verwenden. Sie gehört zu deinem Konto „${username}“.`,
          'Warst du das, dann melde dich mit diesem Namen an; das Passwort kannst du dort zurücksetzen.',
        ],
        action: { label: 'Anmelden', path: '/sign-in' },
        small: ['Warst du es nicht, ist nichts zu tun: An deinem Konto hat sich nichts geändert.'],
      }
    : {
        subject: 'You already have an account',
        lines: [
          `Your address was entered for another account. It already belongs to your account “${username}”.`,
          'If that was you, sign in with this name; you can reset the password there.',
        ],
        action: { label: 'Sign in', path: '/sign-in' },
        small: ['If that was not you, you do not need to do anything. Your account has not changed.'],
      }
}

/** A link that sets a new password. */
export function resetMail({ username, language, token, minutes }: About & { token: string; minutes: number }): Content {
  const path = `/reset-password#token=${token}` as const
  return language === 'de'
    ? {
        subject: 'Neues Passwort',
        lines: [`Hier wählst du ein neues Passwort für dein Konto „${username}“. Danach bist du überall abgemeldet.`],
        action: { label: 'Passwort wählen', path },
        small: [`Der Link gilt einmal und ${minutes} Minuten. Du hast ihn nicht angefordert? Dann ist nichts zu tun.`],
      }
    : {
        subject: 'Set a new password',
        lines: [`Choose a new password for your account “${username}” here. You will then be signed out everywhere.`],
        action: { label: 'Choose a password', path },
        small: [
          `The link works once and is valid for ${minutes} minutes. If you did not request it, ignore this mail.`,
        ],
      }
}

/** Used when the address is unverified and the account has more to lose than a new one. */
export function cannotResetMail({ username, language }: About): Content {
  return language === 'de'
    ? {
        subject: 'Dein Passwort lässt sich nicht per Mail zurücksetzen',
        lines: [
          `Für das Konto „${username}“ wurde diese Adresse nie bestätigt. Damit lässt sich das Passwort nicht zurücksetzen.`,
          'Wende dich an die Betreiber dieses Octet oder lege mit deiner Adresse ein neues Konto an.',
        ],
      }
    : {
        subject: 'Your password cannot be reset by mail',
        lines: [
          `This address was never confirmed for the account “${username}”, so it cannot be used to reset the password.`,
          'Contact the operator of this Octet, or create a new account with your address.',
        ],
      }
}

/** To the old address, which can undo the change. */
export function undoMail({ username, language, token, hours }: About & { token: string; hours: number }): Content {
  const path = `/undo-email-change#token=${token}` as const
  return language === 'de'
    ? {
        subject: 'Deine E-Mail-Adresse wurde geändert',
        lines: [`Dein Konto „${username}“ hat jetzt eine andere Adresse. Warst du das, ist nichts zu tun.`],
        action: { label: 'Änderung rückgängig machen', path },
        small: [
          `Warst du es nicht, kannst du die Änderung ${hours} Stunden lang rückgängig machen. Dabei werden alle Geräte abgemeldet.`,
        ],
      }
    : {
        subject: 'Your e-mail address was changed',
        lines: [
          `The e-mail address of your account “${username}” was changed. If that was you, you do not need to do anything.`,
        ],
        action: { label: 'Undo the change', path },
        small: [
          `If it was not you, undo the change within ${hours} hours. All devices are signed out and you can set a new password.`,
        ],
      }
}

export type Notice = 'password-changed' | 'new-device' | 'session-replayed'

const notices = {
  en: {
    'password-changed': ['Your password was changed', 'The password of your account was changed.'],
    'new-device': ['New sign-in', 'Your account was used to sign in on a new device.'],
    'session-replayed': [
      'A session was ended for your security',
      'An outdated key of one of your sessions was used. It may have been copied, so the session was ended.',
    ],
  },
  de: {
    'password-changed': ['Dein Passwort wurde geändert', 'Das Passwort deines Kontos wurde geändert.'],
    'new-device': ['Neue Anmeldung', 'Jemand hat sich mit einem Gerät angemeldet, das bisher nicht benutzt wurde.'],
    'session-replayed': [
      'Eine Sitzung wurde sicherheitshalber beendet',
      'Ein alter Schlüssel einer deiner Sitzungen kam zurück. Er kann kopiert sein, darum wurde die Sitzung beendet.',
    ],
  },
} as const satisfies Record<Language, Record<Notice, readonly [string, string]>>

/** A security notice for the owner. `where` is a network prefix. */
export function noticeMail({ username, language, notice, where }: About & { notice: Notice; where: string }): Content {
  const [subject, line] = notices[language][notice]
  const place = where === '' ? [] : [language === 'de' ? `Netz: ${where}` : `Network: ${where}`]
  const account = language === 'de' ? `Konto: ${username}` : `Account: ${username}`
  return language === 'de'
    ? {
        subject,
        lines: [line, account, ...place],
        action: { label: 'Geräte ansehen', path: '/account/devices' },
        small: ['Warst du das nicht, melde dort alle Geräte ab und wähle ein neues Passwort.'],
      }
    : {
        subject,
        lines: [line, account, ...place],
        action: { label: 'Review your devices', path: '/account/devices' },
        small: ['If that was not you, sign out all devices there and choose a new password.'],
      }
}

/** To the owner, also when an administrator requested the deletion. `day` is a date in UTC: `2026-12-05`. */
export function erasureMail({ username, language, day }: About & { day: string }): Content {
  return language === 'de'
    ? {
        subject: 'Dein Konto wird gelöscht',
        lines: [
          `Das Konto „${username}“ wird am ${day} mit allem gelöscht, was dazu gehört. Bis dahin ist es überall abgemeldet.`,
          'Willst du es behalten oder warst du das nicht, dann melde dich vorher an: Damit nimmst du es zurück.',
        ],
        action: { label: 'Anmelden und behalten', path: '/sign-in' },
      }
    : {
        subject: 'Your account will be deleted',
        lines: [
          `Your account “${username}” and all its data will be deleted on ${day}. Until then it is signed out.`,
          'To keep the account, or if this was not you, sign in before that day. This cancels the deletion.',
        ],
        action: { label: 'Sign in and keep it', path: '/sign-in' },
      }
}

/** The export is ready. */
export function exportMail({ username, language, days }: About & { days: number }): Content {
  return language === 'de'
    ? {
        subject: 'Dein Datenexport ist fertig',
        lines: [`Die Daten deines Kontos „${username}“ stehen ${days} Tage zum Herunterladen bereit.`],
        action: { label: 'Daten herunterladen', path: '/account' },
        small: ['Du hast keinen Export angefordert? Dann melde alle Geräte ab und wähle ein neues Passwort.'],
      }
    : {
        subject: 'Your data export is ready',
        lines: [`The data of your account “${username}” is ready. You can download it for ${days} days.`],
        action: { label: 'Download your data', path: '/account' },
        small: ['If you did not request this, sign out all devices and choose a new password.'],
      }
}
