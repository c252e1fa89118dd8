/**
 * `npm run check:tidy`: checks the style. `npm run check:tidy -- english modules/chat` lists only the findings of the
 * English rules, below one folder.
 */
import { report } from './rule.ts'
import { englishFindings, englishRuleNames } from './tidy/english.ts'
import { tidyRules } from './tidy/rules.ts'
import { readTree } from './tree.ts'

const [what, folder = ''] = process.argv.slice(2)
const tree = readTree()
if (what === 'english') listEnglish()
else report('tidy', tidyRules, tree)

function listEnglish(): void {
  let count = 0
  for (const rule of englishRuleNames) {
    for (const { path, line, message } of englishFindings(tree, rule)) {
      if (!path.startsWith(folder)) continue
      console.log(`${path}:${line}  ${rule}: ${message}`)
      count++
    }
  }
  console.log(`${count} findings`)
}
