/** Was schiefging und was zu tun ist, nach dem Code, mit dem der Server antwortet. */
export const problems = {
  'problem.forbidden': 'Das darfst du nicht. Ein Administrator kann es dir erlauben.',
  'problem.identity.last-admin': 'Das ist der letzte Administrator. Mache zuerst jemand anderen dazu.',
  'problem.identity.session-ended': 'Diese Sitzung ist beendet. Melde dich neu an.',
  'problem.identity.username-reserved': 'Dieser Benutzername ist nicht erlaubt. Wähle einen anderen.',
  'problem.identity.username-taken': 'Dieser Benutzername ist vergeben. Wähle einen anderen.',
  'problem.identity.wrong-credentials': 'Benutzername oder Passwort ist falsch. Prüfe beides.',
  'problem.internal':
    'Auf dem Server ist etwas fehlgeschlagen. Versuche es erneut; bleibt es dabei, sag es dem Betreiber dieses Octet.',
  'problem.links.alias-reserved': 'Dieser Kurzname ist nicht erlaubt. Wähle einen anderen.',
  'problem.links.alias-taken': 'Dieser Kurzname ist vergeben. Wähle einen anderen.',
  'problem.links.expiry-in-the-past': 'Dieser Zeitpunkt ist schon vorbei. Wähle einen späteren.',
  'problem.links.sign-in-for-option': 'Melde dich an, um diese Option zu benutzen.',
  'problem.links.url-not-allowed':
    'Diese Adresse kann nicht gekürzt werden. Nimm eine http- oder https-Adresse einer anderen Seite.',
  'problem.not-found': 'Hier gibt es nichts. Vielleicht wurde es gelöscht.',
  'problem.offline': 'Der Server ist nicht erreichbar.',
  'problem.offline-hint': 'Prüfe die Verbindung und versuche es erneut. Deine Eingaben bleiben erhalten.',
  'problem.rate-limited': 'Zu viele Anfragen. Warte eine Minute und versuche es erneut.',
  'problem.request-id': 'Anfrage {id}',
  'problem.timeout': 'Der Server hat nicht rechtzeitig geantwortet.',
  'problem.unauthenticated': 'Melde dich zuerst an.',
  'problem.unavailable': 'Dieser Teil von Octet ist gerade nicht verfügbar. Versuche es gleich noch einmal.',
  'problem.unexpected': 'Auf dieser Seite ist ein Fehler aufgetreten.',
  'problem.unexpected-hint': 'Lade sie neu. Passiert es wieder, melde, was du getan hast.',
  'problem.validation-failed': 'Der Server hat die Eingaben nicht angenommen. Prüfe die Felder.',
  'problem.version-mismatch': 'Das wurde inzwischen geändert. Lade neu und versuche es erneut.',
} as const
