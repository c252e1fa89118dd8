/** For a person who found a leaked API key: it is revoked, and its owner is not revealed. */

import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useForm } from '../../../shared/form.ts'
import { useT } from '../../../shared/i18n.tsx'
import { FailureNotice, Notice } from '../../../shared/ui/states.tsx'
import { identityApi } from '../api.ts'
import { AuthCard, authFormClass } from '../auth-card.tsx'
import { limits } from '../limits.ts'

export function LeakedKeyPage() {
  const t = useT()
  const [isDone, setDone] = useState(false)
  const form = useForm({
    initial: { key: '' },
    validate: ({ key }) => ({ key: key.trim() === '' ? t('leaked.missing') : undefined }),
    submit: async ({ key }) => {
      await identityApi.reportLeakedKey({ key: key.trim() })
      form.reset({ key: '' })
      setDone(true)
    },
  })
  return (
    <AuthCard title={t('leaked.title')} lead={t('leaked.lead')}>
      {isDone ? <Notice kind="success">{t('leaked.done')}</Notice> : null}
      <form className={authFormClass} noValidate onSubmit={event => void form.onSubmit(event)}>
        <FailureNotice error={form.failure} />
        <TextInput
          {...form.text('key')}
          label={t('leaked.key')}
          description={t('leaked.key-hint')}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={limits.leakedKey.max}
          autoFocus
        />
        <Button type="submit" loading={form.isSubmitting}>
          {t('leaked.submit')}
        </Button>
      </form>
    </AuthCard>
  )
}
