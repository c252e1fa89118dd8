/** `npm run docs:generate`: writes what the documentation takes from the contracts. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { contractPages } from './contract-pages.ts'
import { readTree, root } from './tree.ts'

const tree = readTree()
for (const [path, text] of contractPages(tree)) {
  if (tree.get(path)?.text === text) continue
  writeFileSync(join(root, path), text)
  console.log(`wrote ${path}`)
}
