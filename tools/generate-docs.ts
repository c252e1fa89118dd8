/** `npm run docs:generate`: writes the pages that are generated from contracts, settings and the texts of drawings. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { contractPages } from './contract-pages.ts'
import { drawings } from './drawings/pages.ts'
import { differences, publicInterface, snapshotFolder, withAdditions } from './public-interface.ts'
import { settingsPage } from './settings-page.ts'
import { readTree, root } from './tree.ts'

const tree = readTree()
const pages = new Map([...contractPages(tree), ...drawings(tree)])
pages.set('README.md', settingsPage(tree.get('README.md')?.text ?? ''))
for (const [path, text] of pages) {
  if (tree.get(path)?.text === text) continue
  writeFileSync(join(root, path), text)
  console.log(`wrote ${path}`)
}

mkdirSync(join(root, snapshotFolder), { recursive: true })
for (const [file, now] of publicInterface()) {
  const path = join(root, snapshotFolder, file)
  const text = existsSync(path) ? readFileSync(path, 'utf8') : undefined
  const before = text === undefined ? undefined : JSON.parse(text)
  const next = `${JSON.stringify(withAdditions(before, now), null, 1)}\n`
  if (next !== text) {
    writeFileSync(path, next)
    console.log(`wrote ${snapshotFolder}/${file}`)
  }
  for (const sentence of differences(file.replace('.json', ''), before ?? now, now).broken) {
    console.error(`BREAKS OTHER PROGRAMS: ${sentence}`)
    process.exitCode = 1
  }
}
