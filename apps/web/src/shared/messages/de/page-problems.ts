/** Was auf den weiteren Seiten schiefging: Chat, zweite Faktoren, Statistik. */
export const pageProblems = {
  'problem.chat.banned': 'Von der Moderation aus diesem Raum ausgeschlossen.',
  'problem.chat.encrypted-rooms-are-private': 'Ein verschlüsselter Raum ist privat und bleibt es.',
  'problem.chat.file-not-a-picture': 'Dieses Bild lässt sich nicht lesen. Muss es mit, sende es als Zip.',
  'problem.chat.file-not-there': 'Eine der Dateien ist nicht mehr da. Entferne sie und füge sie neu hinzu.',
  'problem.chat.file-refused':
    'Nicht angenommen: Sie ist nicht, was ihr Name sagt, oder verrät vielleicht, wo sie entstand (dann als JPEG).',
  'problem.chat.invitation-invalid': 'Diese Einladung ist verbraucht, widerrufen oder abgelaufen. Bitte um eine neue.',
  'problem.chat.last-owner': 'Ein Raum braucht jemanden, dem er gehört. Gib ihn zuerst weiter.',
  'problem.chat.message-gone': 'Diese Nachricht wurde gelöscht.',
  'problem.chat.muted': 'Die Moderation hat dich hier für eine Weile stummgeschaltet.',
  'problem.chat.not-a-member': 'Du bist nicht in diesem Raum. Tritt ihm zuerst bei.',
  'problem.chat.not-in-direct': 'Ein Direktgespräch hat weder Rollen noch Einstellungen.',
  'problem.chat.not-yours': 'Eine Nachricht ändert nur, wer sie geschrieben hat.',
  'problem.chat.own-message': 'Das ist deine eigene Nachricht.',
  'problem.chat.person-not-reachable': 'Diese Person ist hier nicht erreichbar.',
  'problem.chat.role-too-low': 'Deine Rolle in diesem Raum erlaubt das nicht.',
  'problem.chat.room-full': 'Der Raum ist voll.',
  'problem.chat.room-name-taken': 'Einen öffentlichen Raum mit diesem Namen gibt es schon. Wähle einen anderen.',
  'problem.chat.too-many-files':
    'Für weitere Dateien von dir ist kein Platz. Sende oder entferne wartende, oder lösche ältere.',
  'problem.chat.too-many-pins': 'Mehr Nachrichten lassen sich nicht anheften. Löse zuerst eine.',
  'problem.chat.too-many-reactions': 'Für eine weitere Art von Reaktion ist an dieser Nachricht kein Platz.',
  'problem.identity.passkeys-impossible': 'Passkeys brauchen einen Hostnamen, und https, außer bei localhost.',
  'problem.identity.setup-token-invalid':
    'Dieser Einrichtungslink wurde benutzt oder ist abgelaufen. Starte Octet neu.',
  'problem.identity.totp-not-started': 'Es gibt keine Authenticator-App zu bestätigen. Fang neu an.',
  'problem.identity.totp-on': 'Eine Authenticator-App ist eingeschaltet. Schalte sie zuerst aus.',
  'problem.identity.two-step-off': 'Schalte zuerst einen zweiten Faktor ein.',
  'problem.links.interval-too-fine': 'So viele Stunden lassen sich nicht zeigen. Wähle Tage.',
  'problem.links.time-zone-unknown': 'Diese Zeitzone ist nicht bekannt.',
} as const
