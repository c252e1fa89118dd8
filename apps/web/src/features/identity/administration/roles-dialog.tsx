/** Selects the roles of one account. Every account keeps the role `user`. */
import { Button, Checkbox } from '@mantine/core'
import { roles } from '@octet/contracts'
import { useForm } from '../../../shared/form.ts'
import { useT } from '../../../shared/i18n.tsx'
import { showToast } from '../../../shared/toasts.ts'
import { Dialog } from '../../../shared/ui/dialog.tsx'
import { FailureNotice } from '../../../shared/ui/states.tsx'
import { authFormClass } from '../auth-card.tsx'
import type { ManagedUser, RoleName } from './managed-user.ts'
import { useSetUserRoles } from './set-user-roles.ts'

function RolesForm({ user, onClose }: { user: ManagedUser; onClose: () => void }) {
  const t = useT()
  const setUserRoles = useSetUserRoles()
  const form = useForm<{ roles: readonly RoleName[] }>({
    initial: { roles: user.roles },
    submit: async values => {
      await setUserRoles.mutateAsync({ id: user.id, roles: [...values.roles] })
      showToast({ kind: 'done', message: t('users.roles-saved', { name: user.username }) })
      onClose()
    },
  })
  function toggle(role: RoleName, isHeld: boolean): void {
    const wanted = new Set(form.values.roles)
    if (isHeld) wanted.add(role)
    else wanted.delete(role)
    form.change({ roles: roles.filter(each => wanted.has(each)) })
  }
  return (
    <form className={authFormClass} onSubmit={event => void form.onSubmit(event)}>
      <FailureNotice error={form.failure} />
      {roles.map(role => (
        <Checkbox
          key={role}
          label={t(`role.${role}`)}
          description={t(`role.${role}-hint`)}
          checked={form.values.roles.includes(role)}
          disabled={role === 'user'}
          onChange={event => toggle(role, event.currentTarget.checked)}
        />
      ))}
      <Button type="submit" loading={form.isSubmitting}>
        {t('action.save')}
      </Button>
    </form>
  )
}

export default function RolesDialog({ user, onClose }: { user: ManagedUser; onClose: () => void }) {
  const t = useT()
  return (
    <Dialog opened onClose={onClose} title={t('users.roles-of', { name: user.username })}>
      <RolesForm user={user} onClose={onClose} />
    </Dialog>
  )
}
