/** Reports a user to the moderators. The typed text survives closing the dialog. */

import { Button, NativeSelect, Textarea } from '@mantine/core'
import { keepDraft, readDraft } from '../../../shared/drafts.ts'
import { useForm } from '../../../shared/form.ts'
import { useT } from '../../../shared/i18n.tsx'
import { showToast } from '../../../shared/toasts.ts'
import { Dialog } from '../../../shared/ui/dialog.tsx'
import { FailureNotice } from '../../../shared/ui/states.tsx'
import { authFormClass } from '../auth-card.tsx'
import { limits } from '../limits.ts'
import { type ReportInput, useReportUser } from './people.ts'

export interface ReportDialogProps {
  readonly profile: { readonly id: string; readonly username: string }
  readonly onClose: () => void
}

const reasons: readonly ReportInput['reason'][] = ['spam', 'harassment', 'impersonation', 'illegal', 'other']

function ReportForm({ profile, onClose }: ReportDialogProps) {
  const t = useT()
  const report = useReportUser()
  const empty: Omit<Required<ReportInput>, 'id'> & { about: string } = { about: profile.id, reason: 'spam', note: '' }
  const draft = readDraft('report', empty)
  const form = useForm({
    initial: draft.about === profile.id ? draft : empty,
    onChange: values => keepDraft('report', values),
    submit: async ({ reason, note }) => {
      await report.mutateAsync({ id: profile.id, reason, note: note.trim() })
      keepDraft('report', null)
      showToast({ kind: 'done', message: t('people.reported') })
      onClose()
    },
  })
  return (
    <form className={authFormClass} noValidate onSubmit={event => void form.onSubmit(event)}>
      <p className="dimmed">{t('people.report-lead', { name: profile.username })}</p>
      <FailureNotice error={form.failure} />
      <NativeSelect
        label={t('report.reason')}
        value={form.values.reason}
        onChange={event => form.change({ reason: event.currentTarget.value as ReportInput['reason'] })}
        data={reasons.map(value => ({ value, label: t(`report.${value}`) }))}
        data-autofocus
      />
      <Textarea {...form.text('note')} label={t('people.report-note')} rows={4} maxLength={limits.reportNote.max} />
      <Button type="submit" loading={form.isSubmitting}>
        {t('people.report-submit')}
      </Button>
    </form>
  )
}

export default function ReportDialog(props: ReportDialogProps) {
  const t = useT()
  return (
    <Dialog opened onClose={props.onClose} title={t('people.report-title', { name: props.profile.username })}>
      <ReportForm {...props} />
    </Dialog>
  )
}
