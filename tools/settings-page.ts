/** The table of settings in the README, generated from the declarations of the server and the modules. */
import { settingRows } from '@octet/config'
import { settingsGroups } from '@octet/server/settings'
import { table } from './contract-pages.ts'

const begin = '<!-- made from the settings by npm run docs:generate -->'
const end = '<!-- end of the settings -->'

/** The README with the current settings in its table. Throws when the markers are missing. */
export function settingsPage(readme: string): string {
  const from = readme.indexOf(begin)
  const to = readme.indexOf(end)
  if (from === -1 || to < from) throw new Error(`README.md must have ${begin} … ${end}`)
  const rows = table(['Variable', 'Default', 'Meaning'], settingRows(settingsGroups))
  return `${readme.slice(0, from)}${begin}\n\n${rows}\n\n${readme.slice(to)}`
}
