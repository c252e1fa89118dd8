/** The account's address: its state, and the form to change it. */

import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm } from '../../../shared/form.ts'
import { useT } from '../../../shared/i18n.tsx'
import { showToast } from '../../../shared/toasts.ts'
import { FailedState, FailureNotice, SkeletonRows } from '../../../shared/ui/states.tsx'
import classes from '../account.module.css'
import { limits } from '../limits.ts'
import { isEmail } from '../sign-in/registration.tsx'
import { CodeForm } from './code-form.tsx'
import { emailQuery, useChangeEmail } from './get-email.ts'

function ChangeForm({ onDone }: { onDone: () => void }) {
  const t = useT()
  const change = useChangeEmail()
  const form = useForm({
    initial: { email: '' },
    validate: ({ email }) => ({ email: isEmail(email.trim()) ? undefined : t('identity.email-rule') }),
    submit: async ({ email }) => {
      await change.mutateAsync(email.trim())
      showToast({ kind: 'done', message: t('confirm.sent') })
      onDone()
    },
  })
  return (
    <form className={classes.section} noValidate onSubmit={event => void form.onSubmit(event)}>
      <FailureNotice error={form.failure} />
      <TextInput
        {...form.text('email')}
        label={t('email.new')}
        description={t('email.new-hint')}
        type="email"
        autoComplete="email"
        maxLength={limits.email.max}
        autoFocus
      />
      <div className={classes.row}>
        <Button type="submit" loading={form.isSubmitting}>
          {t('email.send')}
        </Button>
        <Button variant="default" onClick={onDone}>
          {t('action.cancel')}
        </Button>
      </div>
    </form>
  )
}

export function EmailSection() {
  const t = useT()
  const query = useQuery(emailQuery)
  const [isChanging, setChanging] = useState(false)
  const state = query.data
  return (
    <section className={classes.section}>
      <h2>{t('identity.email')}</h2>
      {query.isPending ? <SkeletonRows count={1} heightPx={56} /> : null}
      {query.isError && state === undefined ? (
        <FailedState error={query.error} onRetry={() => void query.refetch()} />
      ) : null}
      {state === undefined ? null : (
        <p>
          {state.email ?? t('email.none')}{' '}
          {state.email === null || state.verified ? null : <span className="dimmed">{t('account.unverified')}</span>}
        </p>
      )}
      {state === undefined || state.pending === null || isChanging ? null : (
        <>
          <p className="dimmed">{t('confirm.lead', { email: state.pending })}</p>
          <CodeForm onDone={() => showToast({ kind: 'done', message: t('confirm.done') })} />
        </>
      )}
      {isChanging ? (
        <ChangeForm onDone={() => setChanging(false)} />
      ) : (
        <div>
          <Button variant="default" onClick={() => setChanging(true)}>
            {t('email.change')}
          </Button>
        </div>
      )}
    </section>
  )
}
