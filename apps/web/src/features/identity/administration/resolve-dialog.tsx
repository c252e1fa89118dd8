/** Closes a report and records its outcome. */

import { Button, NativeSelect, Textarea } from '@mantine/core'
import { useForm } from '../../../shared/form.ts'
import { useT } from '../../../shared/i18n.tsx'
import { showToast } from '../../../shared/toasts.ts'
import { Dialog } from '../../../shared/ui/dialog.tsx'
import { FailureNotice } from '../../../shared/ui/states.tsx'
import { authFormClass } from '../auth-card.tsx'
import { limits } from '../limits.ts'
import { type Report, type Resolution, useResolveReport } from './reports.ts'

const outcomes: readonly Resolution['outcome'][] = ['no-action', 'warned', 'disabled']

interface ResolveDialogProps {
  readonly report: Report
  readonly onClose: () => void
}

function ResolveForm({ report, onClose }: ResolveDialogProps) {
  const t = useT()
  const resolve = useResolveReport()
  const initial: Omit<Resolution, 'id'> = { outcome: 'no-action', note: '' }
  const form = useForm({
    initial,
    validate: ({ note }) => ({ note: note.trim() === '' ? t('reports.note-missing') : undefined }),
    submit: async ({ outcome, note }) => {
      await resolve.mutateAsync({ id: report.id, outcome, note: note.trim() })
      showToast({ kind: 'done', message: t('reports.done', { name: report.subject.username }) })
      onClose()
    },
  })
  return (
    <form className={authFormClass} noValidate onSubmit={event => void form.onSubmit(event)}>
      <FailureNotice error={form.failure} />
      <NativeSelect
        label={t('reports.outcome')}
        description={t('reports.outcome-hint')}
        value={form.values.outcome}
        onChange={event => form.change({ outcome: event.currentTarget.value as Resolution['outcome'] })}
        data={outcomes.map(value => ({ value, label: t(`reports.outcome-${value}`) }))}
        data-autofocus
      />
      <Textarea
        {...form.text('note')}
        label={t('reports.note')}
        rows={4}
        maxLength={limits.resolution.max}
        required
        withAsterisk={false}
      />
      <Button type="submit" loading={form.isSubmitting}>
        {t('reports.resolve')}
      </Button>
    </form>
  )
}

export default function ResolveDialog(props: ResolveDialogProps) {
  const t = useT()
  return (
    <Dialog opened onClose={props.onClose} title={t('reports.resolve-name', { name: props.report.subject.username })}>
      <ResolveForm {...props} />
    </Dialog>
  )
}
