/** Mutants of the chaos harness replace source text by path; if the text changed, the mutant proves nothing. */
import { mutants, probe } from '../../chaos/mutants/all.ts'
import type { Patch } from '../../chaos/mutants/patch.ts'
import type { Finding, Rule } from '../rule.ts'
import { lineAt, type Tree } from '../tree.ts'

const patches: readonly (readonly [string, Patch])[] = [...mutants, ['probe', probe]]

export const mutantRules: readonly Rule[] = [
  {
    name: 'mutants-apply',
    why: 'A mutant that no longer changes the server leaves its oracle untested.',
    check: tree => patches.flatMap(([name, patch]) => findingOf(tree, name, patch)),
  },
]

function findingOf(tree: Tree, name: string, { file, find }: Patch): Finding[] {
  const text = tree.get(file)?.text
  if (text === undefined) return [{ path: file, line: 1, message: `does not exist; the mutant ${name} patches it` }]
  const places = text.split(find).length - 1
  if (places === 1) return []
  const line = places === 0 ? 1 : lineAt(text, text.lastIndexOf(find))
  return [{ path: file, line, message: `has "${find}" ${places} times; the mutant ${name} needs it exactly once` }]
}
