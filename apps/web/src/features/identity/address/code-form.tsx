/** Takes the code from a mail, or requests a new one. */

import { Button, TextInput } from '@mantine/core'
import { Problem } from '@octet/contracts'
import { useForm } from '../../../shared/form.ts'
import { useT } from '../../../shared/i18n.tsx'
import { showToast } from '../../../shared/toasts.ts'
import { problemLine } from '../../../shared/ui/problem-text.ts'
import { FailureNotice } from '../../../shared/ui/states.tsx'
import classes from '../account.module.css'
import { authFormClass } from '../auth-card.tsx'
import { limits } from '../limits.ts'
import { useConfirmEmail, useResendCode } from './get-email.ts'

export interface CodeFormProps {
  readonly code?: string
  readonly autoFocus?: boolean
  readonly onDone: () => void
}

function Resend() {
  const t = useT()
  const resend = useResendCode()
  return (
    <Button
      variant="default"
      loading={resend.isPending}
      onClick={() =>
        resend.mutate(undefined, {
          onSuccess: () => showToast({ kind: 'done', message: t('confirm.sent') }),
          onError: error => showToast({ kind: 'failed', message: problemLine(error, t) }),
        })
      }
    >
      {t('confirm.resend')}
    </Button>
  )
}

export function CodeForm({ code = '', autoFocus = false, onDone }: CodeFormProps) {
  const t = useT()
  const confirm = useConfirmEmail()
  const form = useForm({
    initial: { code },
    validate: values => ({ code: values.code.trim().length >= 8 ? undefined : t('confirm.code-rule') }),
    blame: error => (error instanceof Problem && error.code === 'identity.code-invalid' ? 'code' : undefined),
    textOf: error => problemLine(error, t),
    submit: async values => {
      await confirm.mutateAsync(values.code.trim())
      onDone()
    },
  })
  return (
    <form className={authFormClass} noValidate onSubmit={event => void form.onSubmit(event)}>
      <FailureNotice error={form.failure} />
      <TextInput
        {...form.text('code')}
        label={t('confirm.code')}
        description={t('confirm.code-hint')}
        autoComplete="one-time-code"
        autoCapitalize="characters"
        spellCheck={false}
        maxLength={limits.emailCode.max}
        required
        withAsterisk={false}
        autoFocus={autoFocus}
      />
      <div className={classes.row}>
        <Button type="submit" loading={form.isSubmitting}>
          {t('confirm.submit')}
        </Button>
        <Resend />
      </div>
    </form>
  )
}
