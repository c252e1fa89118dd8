/** German messages of the home page. */
import type { en } from './en.ts'

const de: Readonly<Record<keyof typeof en, string>> = {
  'checklist.dismiss': 'Erste Schritte ausblenden',
  'checklist.done': '(erledigt)',
  'checklist.progress': '{done, number} von {of, number} erledigt',
  'checklist.title': 'Erste Schritte',
  'command.home': 'Zur Startseite',
  'front.account':
    '<up>Registriere dich</up>, um einen Kurznamen zu wählen, ein Ablaufdatum zu setzen und Klicks zu sehen. ' +
    'Schon ein Konto? <in>Melde dich an</in>.',
  'front.docs': 'Alles, was Octet kann, steht in der <docs>API-Referenz</docs>.',
  'front.document': 'Kurzlinks',
  'front.lead': 'Lange URL einfügen, Kurzlink erhalten. Er funktioniert sofort, ohne Konto.',
  'front.shell': 'Auf der Kommandozeile',
  'front.title': 'Lange URLs kürzen',
  'home.app': 'Start',
  'home.title': 'Hallo, {name}',
}

export default de
