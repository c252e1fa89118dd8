/** What must never be in a file that others get to read. */
import type { Finding, Rule } from '../rule.ts'
import { lineAt, type Tree } from '../tree.ts'

/** Folders that exist on one developer's machine. Written so that this file does not name them. */
const machineFolders = ['work', 'root', 'home', 'Users', 'tmp', 'mnt']
const machinePath = new RegExp(`(?<![\\w.~/\\-)\\]}*])/(${machineFolders.join('|')})/[\\w.-]`, 'g')
/** Settings of containers and service managers, and git's own patterns, speak of the target machine's folders. */
const targetMachine = /^(deploy\/|\.gitignore$|\.dockerignore$)/

const registryHost = new RegExp(
  ['registry\\.(npmjs|yarnpkg)\\.\\w+', '(npm|pypi|crates|proxy|mirror)s?\\.[\\w.-]*(internal|local|corp|lan)\\b'].join(
    '|',
  ),
  'gi',
)

/** What secrets of well-known services look like, and private keys. */
const secret = new RegExp(
  [
    '-----BEGIN [A-Z ]*PRIVATE KEY-----',
    '\\b(AKIA|ASIA)[0-9A-Z]{16}\\b',
    '\\bgh[pousr]_[A-Za-z0-9]{36}',
    '\\bgithub_pat_[A-Za-z0-9_]{22,}',
    '\\bxox[abprs]-[A-Za-z0-9-]{10,}',
    '\\bsk-[A-Za-z0-9_-]{32,}',
    '\\bnpm_[A-Za-z0-9]{36}\\b',
    '\\beyJ[A-Za-z0-9_-]{20,}\\.eyJ[A-Za-z0-9_-]{20,}\\.[A-Za-z0-9_-]{20,}',
    '[a-z]+://[^\\s:/@\'"`$]+:[^\\s@/\'"`{}$]{12,}@[a-z0-9-]+\\.[a-z]',
  ].join('|'),
  'g',
)

function textRule(
  name: string,
  why: string,
  pattern: RegExp,
  isChecked: (path: string) => boolean,
  advice: string,
): Rule {
  const check = (tree: Tree): Finding[] =>
    [...tree.values()]
      .filter(({ path }) => isChecked(path))
      .flatMap(({ path, text }) =>
        [...text.matchAll(pattern)].map(match => {
          const shown = name === 'no-secrets' ? `${match[0].slice(0, 8)}…` : match[0]
          return { path, line: lineAt(text, match.index), message: `"${shown}": ${advice}` }
        }),
      )
  return { name, why, check }
}

export const publicationRules: readonly Rule[] = [
  textRule(
    'no-machine-paths',
    'What works only where it was written does not work.',
    machinePath,
    path => !targetMachine.test(path),
    'a folder of one machine; derive it from import.meta.url, os.tmpdir() or a setting',
  ),
  textRule(
    'no-registry-hosts',
    'An install must ask the registry that its user has set up.',
    registryHost,
    () => true,
    'leave the registry to npm; in package-lock.json, keep omit-lockfile-registry-resolved=true',
  ),
  textRule(
    'no-secrets',
    'What was committed once is public for good.',
    secret,
    () => true,
    'looks like a secret; remove it, and change it',
  ),
]
