/** The links module broken on purpose. */
import type { Mutant } from '../../mutants/mutant.ts'

export const linksMutants = {
  /** Gives a link to every caller that knows its id. */
  'no-owner-check': {
    file: 'modules/links/src/manage/access.ts',
    find: 'if (row.owner_id !== actor.userId',
    replace: 'if (row === undefined',
    red: { oracle: 'O11', says: /of another account by links/, under: 'cut-outbox' },
  },
  /** Counts only some of the clicks. */
  'clicks-dropped': {
    file: 'modules/links/src/statistics/count-clicks.ts',
    find: 'await store.addClicks(tx, kept)',
    replace: 'await store.addClicks(tx, counts.slice(1))',
    red: { oracle: 'O9', says: /clicks acknowledged, \d+ counted/, under: 'cut-outbox' },
  },
} as const satisfies Record<string, Mutant>
