/** English of the home page. */
export const en = {
  'checklist.dismiss': 'Hide first steps',
  'checklist.done': '(done)',
  'checklist.progress': '{done, number} of {of, number} done',
  'checklist.title': 'First steps',
  'command.home': 'Go to home',
  'front.account':
    '<up>Sign up</up> to choose your own alias, set an expiry and see who follows your links. Have an ' +
    'account? <in>Sign in</in>.',
  'front.docs': 'Everything Octet does is in its <docs>API reference</docs>.',
  'front.document': 'Short links',
  'front.lead': 'Paste an address and get a short one that works at once. No account needed.',
  'front.shell': 'From a shell',
  'front.title': 'Make a long address short',
  'home.app': 'Home',
  'home.title': 'Hello, {name}',
} as const

declare module '../../../shared/messages/keys.ts' {
  interface MessageKeys extends Record<keyof typeof en, string> {}
}
