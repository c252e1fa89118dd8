/** Content that must never be in a published file. */
import type { Finding, Rule } from '../rule.ts'
import { lineAt, type Tree } from '../tree.ts'

/** Folders that exist on one developer's machine. Written so that this file does not name them. */
const machineFolders = ['work', 'root', 'home', 'Users', 'tmp', 'mnt']
const machinePath = new RegExp(`(?<![\\w.~/\\-)\\]}*])/(${machineFolders.join('|')})/[\\w.-]`, 'g')
/** Settings of containers and service managers, and git's own patterns, name folders of the target machine. */
const targetMachine = /^(deploy\/|\.gitignore$|\.dockerignore$)/

const registryHost = new RegExp(
  ['registry\\.(npmjs|yarnpkg)\\.\\w+', '(npm|pypi|crates|proxy|mirror)s?\\.[\\w.-]*(internal|local|corp|lan)\\b'].join(
    '|',
  ),
  'gi',
)

/** Patterns for secrets of well-known services, and for private keys. */
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
    'Code that works only on one machine does not work.',
    machinePath,
    path => !targetMachine.test(path),
    'a folder of one machine; derive it from import.meta.url, os.tmpdir() or a setting',
  ),
  textRule(
    'no-registry-hosts',
    'An install must use the registry that its user has configured.',
    registryHost,
    () => true,
    'leave the registry to npm; in package-lock.json, keep omit-lockfile-registry-resolved=true',
  ),
  textRule(
    'no-secrets',
    'A committed secret stays public.',
    secret,
    () => true,
    'looks like a secret; remove it, and replace it',
  ),
]
