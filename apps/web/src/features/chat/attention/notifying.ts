/** Whether this browser may show notifications, and whether the user wants them: each account decides per browser. */
import { store, useStored } from '../../../shared/storage.ts'

/** `impossible`: the browser lacks notifications, or the page is not on https. */
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

/** Asks the browser, which asks the user; only ever called on a click. */
export async function startNotifying(userId: string): Promise<NotifyPermission> {
  const permission = await Notification.requestPermission()
  if (permission === 'granted') store(keyOf(userId), 'on')
  return permission
}
