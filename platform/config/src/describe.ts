/** Settings as people read them: what is in force and where it came from, and the table in the README. */
import type { Environment, SettingsGroup } from './config.ts'
import type { Setting } from './setting.ts'

export type Source = 'default' | '.env' | 'environment'

export interface InForce {
  readonly environment: Environment
  /** Names that came from the file and not from the environment itself. */
  readonly fromFile: ReadonlySet<string>
}

/** Two lines for each setting, under its owner: name, value and source; then what it means. Secrets are masked. */
export function describeConfig(groups: readonly SettingsGroup[], inForce: InForce): string {
  const shown = new Set<string>()
  const parts = groups.map(({ owner, settings }) => {
    const own = Object.entries(settings).filter(([name]) => !shown.has(name))
    for (const [name] of own) shown.add(name)
    return own.length === 0 ? '' : `# ${owner}\n${own.map(([name, one]) => linesOf(name, one, inForce)).join('')}`
  })
  return parts.filter(part => part !== '').join('\n')
}

const assignmentWidth = 48

function linesOf(name: string, setting: Setting<unknown>, { environment, fromFile }: InForce): string {
  const text = environment[name]?.trim() ?? ''
  const isSet = text !== ''
  const source: Source = isSet ? (fromFile.has(name) ? '.env' : 'environment') : 'default'
  const value = isSet ? (setting.mask?.(text) ?? text) : setting.defaultText
  return `${`${name}=${value}`.padEnd(assignmentWidth)}  ${source}\n    ${plain(setting.about)}\n`
}

function plain(markdown: string): string {
  return markdown.replaceAll('`', '')
}

/** The rows of a Markdown table: variable, default, meaning. */
export function settingRows(groups: readonly SettingsGroup[]): string[][] {
  const rows = new Map<string, string[]>()
  for (const { settings } of groups) {
    for (const [name, { defaultText, about }] of Object.entries(settings)) {
      rows.set(name, [`\`${name}\``, cell(defaultText), cell(about)])
    }
  }
  return [...rows.values()]
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
