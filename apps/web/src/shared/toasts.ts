/** Short messages at the edge of the screen. At most three at a time; the oldest disappears first. */
import { useSyncExternalStore } from 'react'

export interface Toast {
  readonly id: string
  readonly kind: 'done' | 'failed'
  readonly message: string
  readonly action?: { readonly label: string; readonly run: () => void }
  /** How long it stays; 0 keeps it until it is dismissed. Hover and focus stop the clock. */
  readonly durationMs: number
  /** Called when the pointer or the focus enters or leaves it. */
  readonly onHold?: (isHeld: boolean) => void
}

const toastsMax = 3
const doneMs = 5_000
let nextId = 1
let toasts: readonly Toast[] = []
const listeners = new Set<() => void>()

function set(next: readonly Toast[]): void {
  toasts = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/**
 * Shows a toast and returns its id. Failures stay until they are dismissed, because five seconds are too short to read
 * them.
 */
export function showToast(toast: Partial<Toast> & Pick<Toast, 'kind' | 'message'>): string {
  const id = `toast-${nextId++}`
  const shown: Toast = { durationMs: toast.kind === 'failed' ? 0 : doneMs, ...toast, id }
  set([...toasts, shown].slice(-toastsMax))
  return id
}

export function dismissToast(id: string): void {
  set(toasts.filter(toast => toast.id !== id))
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(subscribe, () => toasts)
}
