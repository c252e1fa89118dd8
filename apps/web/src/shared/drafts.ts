/** Half-filled forms, stored in this browser so that a reload or a detour loses nothing. Never passwords. */
import { store, stored, storedKeys } from './storage.ts'

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

/** `null` deletes the draft. */
export function keepDraft(name: DraftName, values: object | null): void {
  store(`draft.${name}`, values === null ? null : JSON.stringify(values))
}

/** Unsent text of one place, such as a chat room; empty text deletes the draft. */
export function keepText(name: string, text: string): void {
  store(`draft.${name}`, text === '' ? null : text)
}

export function keptText(name: string): string {
  return stored(`draft.${name}`) ?? ''
}

/** Called on sign-out: the next person at this browser must not find the drafts. */
export function forgetDrafts(): void {
  for (const key of storedKeys('draft.')) store(key, null)
}
