/** German of the home page. */
import type { en } from './en.ts'

const de: Readonly<Record<keyof typeof en, string>> = {
  'checklist.dismiss': 'Erste Schritte ausblenden',
  'checklist.done': '(erledigt)',
  'checklist.progress': '{done, number} von {of, number} erledigt',
  'checklist.title': 'Erste Schritte',
  'command.home': 'Zur Startseite',
  'front.account':
    '<up>Registriere dich</up>, um den Kurznamen selbst zu wählen, ein Ablaufdatum zu setzen und Klicks ' +
    'zu sehen. Schon ein Konto? <in>Melde dich an</in>.',
  'front.docs': 'Alles, was Octet kann, steht in der <docs>API-Referenz</docs>.',
  'front.document': 'Kurze Links',
  'front.lead': 'Adresse einfügen, kurze Adresse erhalten. Sie funktioniert sofort, ohne Konto.',
  'front.shell': 'Aus der Kommandozeile',
  'front.title': 'Aus langen Adressen werden kurze',
  'home.app': 'Start',
  'home.title': 'Hallo, {name}',
}

export default de
