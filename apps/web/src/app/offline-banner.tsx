/** Reports that the browser is offline. The screen stays as it is, and requests fail at once. */
import { useSyncExternalStore } from 'react'
import { useT } from '../shared/i18n.tsx'
import { Notice } from '../shared/ui/states.tsx'
import classes from './shell.module.css'

function subscribe(listener: () => void): () => void {
  window.addEventListener('online', listener)
  window.addEventListener('offline', listener)
  return () => {
    window.removeEventListener('online', listener)
    window.removeEventListener('offline', listener)
  }
}

export function OfflineBanner() {
  const t = useT()
  const isOnline = useSyncExternalStore(subscribe, () => navigator.onLine)
  if (isOnline) return null
  return (
    <div className={classes.offline}>
      <Notice kind="warning">{t('shell.offline')}</Notice>
    </div>
  )
}
