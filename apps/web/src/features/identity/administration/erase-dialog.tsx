/** Permanently deletes another user's account, once its username was typed. */

import { Button, TextInput } from '@mantine/core'
import { Problem } from '@octet/contracts'
import { useForm } from '../../../shared/form.ts'
import { useT } from '../../../shared/i18n.tsx'
import { showToast } from '../../../shared/toasts.ts'
import { Dialog } from '../../../shared/ui/dialog.tsx'
import { problemLine } from '../../../shared/ui/problem-text.ts'
import { FailureNotice } from '../../../shared/ui/states.tsx'
import { authFormClass } from '../auth-card.tsx'
import { limits } from '../limits.ts'
import { useEraseUser } from './manage-users.ts'
import type { ManagedUser } from './managed-user.ts'

interface EraseDialogProps {
  readonly user: ManagedUser
  readonly onClose: () => void
}

function EraseForm({ user: { id, username: name }, onClose }: EraseDialogProps) {
  const t = useT()
  const erase = useEraseUser()
  const form = useForm({
    initial: { username: '' },
    validate: ({ username }) => ({
      username: username.trim().toLowerCase() === name.toLowerCase() ? undefined : t('users.erase-mismatch'),
    }),
    blame: error => (error instanceof Problem && error.code === 'identity.username-wrong' ? 'username' : undefined),
    textOf: error => problemLine(error, t),
    submit: async ({ username }) => {
      await erase.mutateAsync({ id, username: username.trim() })
      showToast({ kind: 'done', message: t('users.erased', { name }) })
      onClose()
    },
  })
  return (
    <form className={authFormClass} noValidate onSubmit={event => void form.onSubmit(event)}>
      <p>{t('users.erase-text')}</p>
      <FailureNotice error={form.failure} />
      <TextInput
        {...form.text('username')}
        label={t('erase.type', { username: name })}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={limits.username.max}
        data-autofocus
      />
      <Button type="submit" color="red" loading={form.isSubmitting}>
        {t('users.erase-submit')}
      </Button>
    </form>
  )
}

export default function EraseDialog(props: EraseDialogProps) {
  const t = useT()
  return (
    <Dialog opened onClose={props.onClose} title={t('users.erase-title', { name: props.user.username })}>
      <EraseForm {...props} />
    </Dialog>
  )
}
