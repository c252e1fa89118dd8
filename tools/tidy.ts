/**
 * `npm run check:tidy`: checks the style. `npm run check:tidy -- english modules/chat` lists the findings of the
 * English rules below a folder, also in folders that are still open.
 */
import { report } from './rule.ts'
import { englishFindings, englishRuleNames, openCounts } from './tidy/english.ts'
import { tidyRules } from './tidy/rules.ts'
import { readTree } from './tree.ts'

const [what, folder = ''] = process.argv.slice(2)
const tree = readTree()
if (what === 'english') listEnglish()
else {
  const open = [...openCounts(tree)].filter(([, count]) => count > 0)
  if (open.length > 0) console.log(`English still open: ${open.map(([name, count]) => `${name} ${count}`).join(', ')}`)
  report('tidy', tidyRules, tree)
}

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
