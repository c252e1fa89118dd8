/** Half-filled forms, kept in this browser so that a reload or a detour loses nothing. Never passwords. */
import { store, stored } from './storage.ts'

const draftNames = ['link', 'api-key', 'report'] as const
export type DraftName = (typeof draftNames)[number]

export function readDraft<V extends object>(name: DraftName, empty: V): V {
  try {
    const kept: unknown = JSON.parse(stored(`draft.${name}`) ?? 'null')
    return typeof kept === 'object' && kept !== null ? { ...empty, ...kept } : empty
  } catch {
    return empty
  }
}

/** `null` forgets the draft. */
export function keepDraft(name: DraftName, values: object | null): void {
  store(`draft.${name}`, values === null ? null : JSON.stringify(values))
}

/** On sign-out: the next person at this browser must not find them. */
export function forgetDrafts(): void {
  for (const name of draftNames) keepDraft(name, null)
}
