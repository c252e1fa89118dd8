/** The commands that this browser used last, most recent first. */
import { store, stored } from '../shared/storage.ts'

const key = 'palette-recent'
const recentMax = 5

export function usedLately(): readonly string[] {
  return (stored(key) ?? '').split(',').filter(id => id !== '')
}

export function rememberUsed(id: string): void {
  store(key, [id, ...usedLately().filter(each => each !== id)].slice(0, recentMax).join(','))
}
