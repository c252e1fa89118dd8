/** Shows the toasts. The live regions are always present, because one that appears with its text is often not read. */
import { ActionIcon, Button } from '@mantine/core'
import { IconAlertCircle, IconCircleCheck, IconX } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useT } from '../i18n.tsx'
import { dismissToast, type Toast, useToasts } from '../toasts.ts'
import classes from './toaster.module.css'

function ToastItem({ toast }: { toast: Toast }) {
  const t = useT()
  const [isHeld, setHeld] = useState(false)
  const onHold = useRef(toast.onHold)
  useEffect(() => {
    onHold.current?.(isHeld)
    if (isHeld || toast.durationMs === 0) return
    const timer = setTimeout(() => dismissToast(toast.id), toast.durationMs)
    return () => clearTimeout(timer)
  }, [isHeld, toast])
  const Icon = toast.kind === 'failed' ? IconAlertCircle : IconCircleCheck
  const { action } = toast
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only stops the clock while the user reads
    <div
      className={classes.toast}
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <Icon className={classes.icon} data-kind={toast.kind} size={18} stroke={1.75} aria-hidden="true" />
      <p>{toast.message}</p>
      {action === undefined ? null : (
        <Button
          variant="subtle"
          size="xs"
          onClick={() => {
            dismissToast(toast.id)
            action.run()
          }}
        >
          {action.label}
        </Button>
      )}
      <ActionIcon size={28} aria-label={t('action.dismiss')} onClick={() => dismissToast(toast.id)}>
        <IconX size={16} />
      </ActionIcon>
    </div>
  )
}

export function Toaster() {
  const t = useT()
  const toasts = useToasts()
  const of = (kind: Toast['kind']) => toasts.filter(toast => toast.kind === kind)
  return (
    <section className={classes.region} aria-label={t('shell.messages')}>
      <div role="alert">
        {of('failed').map(toast => (
          <ToastItem key={toast.id} toast={toast} />
        ))}
      </div>
      <div role="status">
        {of('done').map(toast => (
          <ToastItem key={toast.id} toast={toast} />
        ))}
      </div>
    </section>
  )
}
