/** English messages of the home page. */
export const en = {
  'checklist.dismiss': 'Hide first steps',
  'checklist.done': '(done)',
  'checklist.progress': '{done, number} of {of, number} done',
  'checklist.title': 'First steps',
  'command.home': 'Go to Home',
  'front.account':
    '<up>Sign up</up> to choose an alias, set an expiry date and see your clicks. Already have an account? ' +
    '<in>Sign in</in>.',
  'front.docs': 'Everything Octet can do is in the <docs>API reference</docs>.',
  'front.document': 'Short links',
  'front.lead': 'Paste a long URL and get a short link that works right away. No account needed.',
  'front.shell': 'From the command line',
  'front.title': 'Shorten a long URL',
  'home.app': 'Home',
  'home.title': 'Hello, {name}',
} as const

declare module '../../../shared/messages/keys.ts' {
  interface MessageKeys extends Record<keyof typeof en, string> {}
}
