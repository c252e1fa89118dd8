/** The states of a page or list without content: empty, loading, failed, offline, not permitted. */
import { Button, Skeleton } from '@mantine/core'
import { ConnectionError } from '@octet/client'
import {
  IconAlertCircle,
  IconAlertTriangle,
  IconCircleCheck,
  IconInfoCircle,
  IconLock,
  IconPlugConnectedX,
} from '@tabler/icons-react'
import { type ReactNode, useEffect, useState } from 'react'
import { useT } from '../i18n.tsx'
import { useProblemText } from './problem-text.ts'
import classes from './states.module.css'

export interface StateProps {
  readonly icon?: ReactNode
  readonly title: string
  readonly text?: ReactNode
  readonly actions?: ReactNode
}

/** A box in place of content: what this is, why it is empty, and the one thing to do. */
export function StateBox({ icon, title, text, actions }: StateProps) {
  return (
    <div className={classes.state}>
      {icon === undefined ? null : <span className={classes.icon}>{icon}</span>}
      <h2>{title}</h2>
      {text === undefined ? null : <p>{text}</p>}
      {actions === undefined ? null : <div className={classes.actions}>{actions}</div>}
    </div>
  )
}

/** The box for a failed read. Offline has its own picture, and both offer a retry. */
export function FailedState({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const t = useT()
  const { title, detail, requestId } = useProblemText(error)
  const Icon = error instanceof ConnectionError ? IconPlugConnectedX : IconAlertCircle
  return (
    <div role="alert">
      <StateBox
        icon={<Icon size={32} stroke={1.5} />}
        title={title}
        text={
          <>
            {detail}
            {requestId === undefined ? null : (
              <span className={classes.requestId}> {t('problem.request-id', { id: requestId })}</span>
            )}
          </>
        }
        actions={<Button onClick={onRetry}>{t('action.retry')}</Button>}
      />
    </div>
  )
}

/** The box for a page without permission; it says who can change that. */
export function ForbiddenState() {
  const t = useT()
  return (
    <StateBox
      icon={<IconLock size={32} stroke={1.5} />}
      title={t('state.forbidden')}
      text={t('state.forbidden-hint')}
    />
  )
}

const delayMs = 150

/** True once `isPending` has lasted so long that an empty screen would look broken. */
function useIsSlow(isPending: boolean): boolean {
  const [isSlow, setSlow] = useState(false)
  useEffect(() => {
    if (!isPending) return setSlow(false)
    const timer = setTimeout(() => setSlow(true), delayMs)
    return () => clearTimeout(timer)
  }, [isPending])
  return isPending && isSlow
}

/** Rows with the height of the coming content; invisible at first, but they take the space. */
export function SkeletonRows({ count, heightPx }: { count: number; heightPx: number }) {
  const t = useT()
  const isSlow = useIsSlow(true)
  return (
    <div className={classes.skeleton} aria-busy="true">
      <span className="visually-hidden" role="status">
        {isSlow ? t('state.loading') : ''}
      </span>
      {Array.from({ length: count }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
        <Skeleton key={index} height={heightPx} radius="md" visible={isSlow} animate={false} />
      ))}
    </div>
  )
}

type NoticeKind = 'error' | 'warning' | 'info' | 'success'

const noticeIcons = {
  error: IconAlertCircle,
  warning: IconAlertTriangle,
  info: IconInfoCircle,
  success: IconCircleCheck,
} as const

/** A line across the content with icon and words, never colour alone. Errors interrupt a screen reader, others wait. */
export function Notice({ kind, children, action }: { kind: NoticeKind; children: ReactNode; action?: ReactNode }) {
  const Icon = noticeIcons[kind]
  return (
    <div className={classes.notice} data-kind={kind} role={kind === 'error' ? 'alert' : 'status'}>
      <Icon size={18} stroke={1.75} aria-hidden="true" />
      <div className={classes.noticeText}>{children}</div>
      {action}
    </div>
  )
}

/** The error of a form or of a part of a page, shown above it. Renders nothing without an error. */
export function FailureNotice({ error, action }: { error: unknown; action?: ReactNode }) {
  const t = useT()
  const { title, detail, requestId } = useProblemText(error)
  if (error === undefined || error === null) return null
  return (
    <Notice kind="error" action={action}>
      {title} {detail}
      {requestId === undefined ? null : <small> {t('problem.request-id', { id: requestId })}</small>}
    </Notice>
  )
}
