/** The account's passkeys: add, name, remove. */

import { Badge, Button, Checkbox, TextInput } from '@mantine/core'
import { IconFingerprint } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm } from '../../../shared/form.ts'
import { useT } from '../../../shared/i18n.tsx'
import { showToast } from '../../../shared/toasts.ts'
import { Dialog } from '../../../shared/ui/dialog.tsx'
import { FailedState, FailureNotice, Notice, SkeletonRows } from '../../../shared/ui/states.tsx'
import { When } from '../../../shared/ui/when.tsx'
import classes from '../account.module.css'
import { authFormClass } from '../auth-card.tsx'
import { AskDialog } from '../factors/ask-dialog.tsx'
import { limits } from '../limits.ts'
import { agentOf } from '../user-agent.ts'
import { arePasskeysPossible } from './passkey-device.ts'
import { type Passkey, passkeysQuery, useAddPasskey, useRemovePasskey, useRenamePasskey } from './passkeys.ts'

function AddDialog({ onCodes, onClose }: { onCodes: (codes: readonly string[]) => void; onClose: () => void }) {
  const t = useT()
  const add = useAddPasskey()
  const form = useForm({
    initial: { name: agentOf(navigator.userAgent).system ?? '', guardsPassword: false },
    submit: async ({ name, guardsPassword }) => {
      const { recoveryCodes } = await add.mutateAsync({ name: name.trim() || t('passkey.title'), guardsPassword })
      showToast({ kind: 'done', message: t('passkey.added') })
      onClose()
      if (recoveryCodes.length > 0) onCodes(recoveryCodes)
    },
  })
  return (
    <Dialog opened onClose={onClose} title={t('passkey.add')}>
      <form className={authFormClass} noValidate onSubmit={event => void form.onSubmit(event)}>
        <p className="dimmed">{t('proof.passkey-hint')}</p>
        <FailureNotice error={form.failure} />
        <TextInput
          {...form.text('name')}
          label={t('passkey.name')}
          description={t('passkey.name-hint')}
          maxLength={limits.passkeyName.max}
          data-autofocus
        />
        <Checkbox
          label={t('passkey.guards')}
          description={t('passkey.guards-hint')}
          checked={form.values.guardsPassword}
          onChange={event => form.change({ guardsPassword: event.currentTarget.checked })}
        />
        <Button type="submit" loading={form.isSubmitting}>
          {t('passkey.continue')}
        </Button>
      </form>
    </Dialog>
  )
}

function RenameDialog({ passkey, onClose }: { passkey: Passkey; onClose: () => void }) {
  const t = useT()
  const rename = useRenamePasskey()
  const form = useForm({
    initial: { name: passkey.name },
    validate: ({ name }) => ({ name: name.trim() === '' ? t('account.name-missing') : undefined }),
    submit: async ({ name }) => {
      await rename.mutateAsync({ id: passkey.id, name: name.trim() })
      onClose()
    },
  })
  return (
    <Dialog opened onClose={onClose} title={t('passkey.rename')}>
      <form className={authFormClass} noValidate onSubmit={event => void form.onSubmit(event)}>
        <FailureNotice error={form.failure} />
        <TextInput {...form.text('name')} label={t('passkey.name')} maxLength={limits.passkeyName.max} data-autofocus />
        <Button type="submit" loading={form.isSubmitting}>
          {t('action.save')}
        </Button>
      </form>
    </Dialog>
  )
}

function PasskeyRow({ passkey }: { passkey: Passkey }) {
  const t = useT()
  const remove = useRemovePasskey()
  const [dialog, setDialog] = useState<'rename' | 'remove'>()
  const close = () => setDialog(undefined)
  const { name } = passkey
  async function removeIt(): Promise<void> {
    await remove.mutateAsync(passkey.id)
    showToast({ kind: 'done', message: t('passkey.removed', { name }) })
  }
  return (
    <li className={classes.item}>
      <span className={classes.itemIcon}>
        <IconFingerprint size={24} stroke={1.5} aria-hidden="true" />
      </span>
      <div className={classes.itemText}>
        <strong>{name}</strong> {passkey.guardsPassword ? <Badge variant="light">{t('passkey.guard')}</Badge> : null}
        <div className={classes.meta}>
          {t(passkey.backedUp ? 'passkey.synced' : 'passkey.device')} ·{' '}
          {passkey.lastUsedAt === null ? (
            t('passkey.never-used')
          ) : (
            <>
              {t('passkey.used')} <When time={passkey.lastUsedAt} />
            </>
          )}
        </div>
      </div>
      <Button variant="default" aria-label={t('passkey.rename-name', { name })} onClick={() => setDialog('rename')}>
        {t('passkey.rename')}
      </Button>
      <Button variant="default" aria-label={t('passkey.remove-name', { name })} onClick={() => setDialog('remove')}>
        {t('action.remove')}
      </Button>
      {dialog === 'rename' ? <RenameDialog passkey={passkey} onClose={close} /> : null}
      {dialog === 'remove' ? (
        <AskDialog
          title={t('passkey.remove-name', { name })}
          label={t('action.remove')}
          isDangerous
          run={removeIt}
          onClose={close}
        >
          <p>{t('passkey.remove-text')}</p>
        </AskDialog>
      ) : null}
    </li>
  )
}

export interface PasskeysSectionProps {
  /** Passkeys are impossible here, because the server's address is a number. */
  readonly isPossible: boolean
  readonly onCodes: (codes: readonly string[]) => void
}

export function PasskeysSection({ isPossible, onCodes }: PasskeysSectionProps) {
  const t = useT()
  const query = useQuery(passkeysQuery)
  const [isAdding, setAdding] = useState(false)
  const passkeys = query.data?.data ?? []
  return (
    <section className={classes.section}>
      <h2>{t('passkey.section')}</h2>
      <p className="dimmed">{t('passkey.about')}</p>
      {query.isPending ? <SkeletonRows count={1} heightPx={64} /> : null}
      {query.isError && query.data === undefined ? (
        <FailedState error={query.error} onRetry={() => void query.refetch()} />
      ) : null}
      {passkeys.length === 0 ? null : (
        <ul className={classes.list} aria-label={t('passkey.section')}>
          {passkeys.map(passkey => (
            <PasskeyRow key={passkey.id} passkey={passkey} />
          ))}
        </ul>
      )}
      {isPossible && arePasskeysPossible() ? (
        <div>
          <Button variant={passkeys.length === 0 ? 'filled' : 'default'} onClick={() => setAdding(true)}>
            {t('passkey.add')}
          </Button>
        </div>
      ) : (
        <Notice kind="info">{t('passkey.impossible')}</Notice>
      )}
      {isAdding ? <AddDialog onCodes={onCodes} onClose={() => setAdding(false)} /> : null}
    </section>
  )
}
