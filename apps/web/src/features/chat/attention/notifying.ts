/** Whether this browser may notify somebody, and whether they want it to: each account decides for each browser. */
import { store, useStored } from '../../../shared/storage.ts'

/** `impossible`: no such thing here, or not without https. */
export type NotifyPermission = NotificationPermission | 'impossible'

const keyOf = (userId: string) => `chat.notify.${userId}`

export function notifyPermission(): NotifyPermission {
  return 'Notification' in window && isSecureContext ? Notification.permission : 'impossible'
}

export function useIsNotified(userId: string): boolean {
  return useStored(keyOf(userId)) === 'on' && notifyPermission() === 'granted'
}

export function stopNotifying(userId: string): void {
  store(keyOf(userId), null)
}

/** Asks the browser, which asks the user; only ever called by a click. */
export async function startNotifying(userId: string): Promise<NotifyPermission> {
  const permission = await Notification.requestPermission()
  if (permission === 'granted') store(keyOf(userId), 'on')
  return permission
}
