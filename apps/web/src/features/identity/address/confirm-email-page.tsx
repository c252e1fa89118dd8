/** The page that the mail with the code links to; the code is already filled in. */
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useT } from '../../../shared/i18n.tsx'
import { FailedState, Notice, SkeletonRows } from '../../../shared/ui/states.tsx'
import { AuthCard } from '../auth-card.tsx'
import { keepSecret, takeSecret } from '../link-secret.ts'
import { CodeForm } from './code-form.tsx'
import { emailQuery } from './get-email.ts'

const slot = 'confirm'

export function ConfirmEmailPage() {
  const t = useT()
  const [code] = useState(() => takeSecret(slot, 'code'))
  const [isDone, setDone] = useState(false)
  const query = useQuery(emailQuery)
  const address = query.data?.pending ?? undefined
  function finish(): void {
    keepSecret(slot, undefined)
    setDone(true)
  }
  const isNothingOpen = query.data !== undefined && address === undefined && !isDone
  return (
    <AuthCard
      title={t('confirm.title')}
      lead={address === undefined ? undefined : t('confirm.lead', { email: address })}
    >
      {query.isPending ? <SkeletonRows count={2} heightPx={56} /> : null}
      {query.isError ? <FailedState error={query.error} onRetry={() => void query.refetch()} /> : null}
      {isDone ? <Notice kind="success">{t('confirm.done')}</Notice> : null}
      {isNothingOpen ? <Notice kind="info">{t('confirm.nothing')}</Notice> : null}
      {address === undefined || isDone ? null : (
        <CodeForm {...(code === undefined ? {} : { code })} autoFocus onDone={finish} />
      )}
      {isDone || isNothingOpen ? (
        <Button component={Link} to="/account">
          {t('confirm.to-account')}
        </Button>
      ) : null}
    </AuthCard>
  )
}
