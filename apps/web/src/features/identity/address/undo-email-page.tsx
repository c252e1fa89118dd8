/**
 * Reverts a change of address with the link that was mailed to the old one. Only a click does it, not opening the link.
 */
import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useT } from '../../../shared/i18n.tsx'
import { FailureNotice, Notice } from '../../../shared/ui/states.tsx'
import { identityApi } from '../api.ts'
import { AuthCard } from '../auth-card.tsx'
import { leave } from '../enter.ts'
import { keepSecret, takeSecret } from '../link-secret.ts'

const slot = 'undo-email'

export function UndoEmailPage() {
  const t = useT()
  const queryClient = useQueryClient()
  const [token] = useState(() => takeSecret(slot, 'token'))
  const undo = useMutation({
    mutationFn: (secret: string) => identityApi.undoEmailChange({ token: secret }),
    onSuccess: () => {
      keepSecret(slot, undefined)
      leave(queryClient)
    },
  })
  if (undo.isSuccess) {
    return (
      <AuthCard title={t('undo-email.done')} lead={t('undo-email.done-lead')}>
        <Button component={Link} to="/sign-in">
          {t('identity.sign-in')}
        </Button>
      </AuthCard>
    )
  }
  return (
    <AuthCard title={t('undo-email.title')} lead={t('undo-email.lead')}>
      <FailureNotice error={undo.error} />
      {token === undefined ? (
        <Notice kind="error">{t('undo-email.no-token')}</Notice>
      ) : (
        <Button loading={undo.isPending} onClick={() => undo.mutate(token)}>
          {t('undo-email.submit')}
        </Button>
      )}
    </AuthCard>
  )
}
