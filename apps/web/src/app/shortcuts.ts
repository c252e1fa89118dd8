/** Keys that run commands: single letters and sequences such as `g l`, never while the user types text. */
import { useEffect, useRef } from 'react'
import type { Command } from '../shared/app-entry.ts'
import { stored } from '../shared/storage.ts'

/** How long after `g` the next key still belongs to the sequence. */
const sequenceMs = 1_200

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'range'].includes(target.type)
}

/** The meaning of the next key: a command, the beginning of one, or nothing. */
export function matchKeys(commands: readonly Command[], pressed: readonly string[]): Command | 'prefix' | undefined {
  const startsAlike = (keys: readonly string[]) => pressed.every((key, index) => keys[index] === key)
  const candidates = commands.filter(command => command.keys !== undefined && startsAlike(command.keys))
  const exact = candidates.find(command => command.keys?.length === pressed.length)
  return exact ?? (candidates.length > 0 ? 'prefix' : undefined)
}

const isDialogOpen = () => document.querySelector('[role="dialog"]') !== null

/** Listens on the whole page. `run` gets the command; Ctrl/⌘-K always opens the palette, also while typing. */
export function useShortcuts(commands: readonly Command[], run: (command: Command) => void): void {
  const latest = useRef({ commands, run })
  useEffect(() => {
    latest.current = { commands, run }
  })
  useEffect(() => {
    let pressed: readonly string[] = []
    let pressedAtMs = 0
    function onKeyDown(event: KeyboardEvent): void {
      const { commands, run } = latest.current
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        const palette = commands.find(command => command.id === 'palette')
        event.preventDefault()
        if (palette !== undefined) run(palette)
        return
      }
      const isModified = event.ctrlKey || event.metaKey || event.altKey
      if (isModified || event.repeat || event.isComposing || isTyping(event.target)) return
      if (stored('shortcuts') === 'off' || isDialogOpen()) return
      const earlier = event.timeStamp - pressedAtMs < sequenceMs ? pressed : []
      const continued = matchKeys(commands, [...earlier, event.key])
      const match = continued ?? matchKeys(commands, [event.key])
      pressed = match === 'prefix' ? (continued === undefined ? [event.key] : [...earlier, event.key]) : []
      pressedAtMs = event.timeStamp
      if (match === undefined || match === 'prefix') return
      event.preventDefault()
      run(match)
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])
}
