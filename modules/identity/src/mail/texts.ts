/** What identity's mails say. Only names that cannot hold an address stand in them: no mail of ours carries a lure. */
import type { Content, Language } from '@octet/mail'

interface About {
  readonly username: string
  readonly language: Language
}

/** Proves an address: at registration, and for a new one. */
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
        small: [`It is good for ${minutes} minutes. You made no account? Then do not enter it, and give it to nobody.`],
      }
}

/** To the owner of an address that somebody gave as theirs. */
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
        subject: 'You have an account already',
        lines: [
          `Somebody wanted to use your address for another account. It belongs to your account “${username}”.`,
          'If that was you, sign in with this name; you can reset the password there.',
        ],
        action: { label: 'Sign in', path: '/sign-in' },
        small: ['If it was not you, there is nothing to do: your account has not changed.'],
      }
}

/** A link for a new password. */
export function resetMail({ username, language, token, minutes }: About & { token: string; minutes: number }): Content {
  const path = `/reset-password#token=${token}` as const
  return language === 'de'
    ? {
        subject: 'Neues Passwort',
        lines: [`Hier wählst du ein neues Passwort für dein Konto „${username}“. Danach bist du überall abgemeldet.`],
        action: { label: 'Passwort wählen', path },
        small: [`Der Link gilt ${minutes} Minuten und einmal. Du hast ihn nicht verlangt? Dann ist nichts zu tun.`],
      }
    : {
        subject: 'A new password',
        lines: [`Choose a new password for your account “${username}” here. You will then be signed out everywhere.`],
        action: { label: 'Choose a password', path },
        small: [
          `The link is good for ${minutes} minutes and once. You did not ask for it? Then there is nothing to do.`,
        ],
      }
}

/** The address is not proved at the account, and the account has more to lose than a fresh one. */
export function cannotResetMail({ username, language }: About): Content {
  return language === 'de'
    ? {
        subject: 'Kein neues Passwort möglich',
        lines: [
          `Für das Konto „${username}“ wurde diese Adresse nie bestätigt, deshalb öffnet sie es nicht.`,
          'Frag, wer dieses Octet betreibt, oder lege mit deiner Adresse ein neues Konto an.',
        ],
      }
    : {
        subject: 'No new password possible',
        lines: [
          `This address was never confirmed for the account “${username}”, so it does not open it.`,
          'Ask whoever runs this Octet, or make a new account with your address.',
        ],
      }
}

/** To the old address, which can take the change back. */
export function undoMail({ username, language, token, hours }: About & { token: string; hours: number }): Content {
  const path = `/undo-email-change#token=${token}` as const
  return language === 'de'
    ? {
        subject: 'Deine E-Mail-Adresse wurde geändert',
        lines: [`Dein Konto „${username}“ hat jetzt eine andere Adresse. Warst du das, ist nichts zu tun.`],
        action: { label: 'Das war ich nicht: rückgängig machen', path },
        small: [
          `Der Link gilt ${hours} Stunden. Er meldet überall ab; danach bekommst du einen für ein neues Passwort.`,
        ],
      }
    : {
        subject: 'Your e-mail address was changed',
        lines: [`Your account “${username}” has another address now. If that was you, there is nothing to do.`],
        action: { label: 'It was not me: take it back', path },
        small: [`The link is good for ${hours} hours. It signs out everywhere; then you get one for a new password.`],
      }
}

export type Notice = 'password-changed' | 'new-device' | 'session-replayed'

const notices = {
  en: {
    'password-changed': ['Your password was changed', 'The password of your account was changed.'],
    'new-device': ['New sign-in', 'Somebody signed in to your account on a device that was not used before.'],
    'session-replayed': [
      'A session was ended for safety',
      'An old key of one of your sessions came back. It may have been copied, so that session was ended.',
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

/** What an owner should know of, for it may not have been them. `where` is a network prefix. */
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
        action: { label: 'Look at your devices', path: '/account/devices' },
        small: ['If it was not you, sign out all devices there and choose a new password.'],
      }
}

/** To who asked for the end of the account, or in whose name it was asked. `day` is a date in UTC: `2026-12-05`. */
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
          `The account “${username}” will be deleted on ${day}, with all that belongs to it. Until then it is signed out.`,
          'To keep it, or if it was not you, sign in before that day: this takes it back.',
        ],
        action: { label: 'Sign in and keep it', path: '/sign-in' },
      }
}

/** The archive somebody asked for has been packed. */
export function exportMail({ username, language, days }: About & { days: number }): Content {
  return language === 'de'
    ? {
        subject: 'Dein Archiv ist fertig',
        lines: [`Alles, was zu deinem Konto „${username}“ gehört, ist gepackt und liegt ${days} Tage bereit.`],
        action: { label: 'Archiv holen', path: '/account' },
        small: ['Du hast kein Archiv verlangt? Dann melde alle Geräte ab und wähle ein neues Passwort.'],
      }
    : {
        subject: 'Your archive is ready',
        lines: [`All that belongs to your account “${username}” is packed and can be fetched for ${days} days.`],
        action: { label: 'Fetch the archive', path: '/account' },
        small: ['You asked for no archive? Then sign out all devices and choose a new password.'],
      }
}
