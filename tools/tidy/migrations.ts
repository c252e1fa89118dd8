/** Migrations are numbered and reversible. */
import type { Finding, Rule } from '../rule.ts'
import { baseName } from '../tree.ts'

export const migrationRules: readonly Rule[] = [
  {
    name: 'way-down',
    why: 'A release that cannot be rolled back cannot be tried.',
    check: tree =>
      [...tree.values()]
        .filter(({ path }) => /\/migrations\/[^/]+\.sql$/.test(path))
        .flatMap(({ path, text }): Finding[] => {
          if (!/^\d{4}_[a-z0-9_]+\.sql$/.test(baseName(path))) {
            return [{ path, line: 1, message: 'is not named NNNN_what_it_does.sql' }]
          }
          const [, down, ...more] = text.split(/^-- down\s*$/m)
          if (down !== undefined && down.trim() !== '' && more.length === 0) return []
          return [
            { path, line: 1, message: 'has no down part; end it with a line "-- down" and the SQL that reverts it' },
          ]
        }),
  },
]
