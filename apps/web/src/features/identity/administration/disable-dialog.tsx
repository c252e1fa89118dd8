/** Disables an account, with a reason that its audit log keeps. */

import { Button, TextInput } from '@mantine/core'
import { useForm } from '../../../shared/form.ts'
import { useT } from '../../../shared/i18n.tsx'
import { showToast } from '../../../shared/toasts.ts'
import { Dialog } from '../../../shared/ui/dialog.tsx'
import { FailureNotice } from '../../../shared/ui/states.tsx'
import { authFormClass } from '../auth-card.tsx'
import { limits } from '../limits.ts'
import { useDisableUser } from './manage-users.ts'
import type { ManagedUser } from './managed-user.ts'

interface DisableDialogProps {
  readonly user: ManagedUser
  readonly onClose: () => void
}

function DisableForm({ user, onClose }: DisableDialogProps) {
  const t = useT()
  const disable = useDisableUser()
  const form = useForm({
    initial: { reason: '' },
    validate: ({ reason }) => ({ reason: reason.trim() === '' ? t('users.disable-reason-missing') : undefined }),
    submit: async ({ reason }) => {
      await disable.mutateAsync({ id: user.id, reason: reason.trim() })
      showToast({ kind: 'done', message: t('users.disabled-done', { name: user.username }) })
      onClose()
    },
  })
  return (
    <form className={authFormClass} noValidate onSubmit={event => void form.onSubmit(event)}>
      <p>{t('users.disable-text')}</p>
      <FailureNotice error={form.failure} />
      <TextInput
        {...form.text('reason')}
        label={t('users.disable-reason')}
        description={t('users.disable-reason-hint')}
        maxLength={limits.disableReason.max}
        required
        withAsterisk={false}
        data-autofocus
      />
      <Button type="submit" color="red" loading={form.isSubmitting}>
        {t('users.disable-submit')}
      </Button>
    </form>
  )
}

export default function DisableDialog(props: DisableDialogProps) {
  const t = useT()
  return (
    <Dialog opened onClose={props.onClose} title={t('users.disable-title', { name: props.user.username })}>
      <DisableForm {...props} />
    </Dialog>
  )
}
