/** Reports a message to the moderators of the installation. */

import { Button, NativeSelect, Textarea } from '@mantine/core'
import type { Input } from '@octet/contracts'
import type { chat, Message } from '@octet/contracts/chat'
import { useForm } from '../../../shared/form.ts'
import { useT } from '../../../shared/i18n.tsx'
import { showToast } from '../../../shared/toasts.ts'
import { Dialog } from '../../../shared/ui/dialog.tsx'
import { FailureNotice } from '../../../shared/ui/states.tsx'
import { chatApi } from '../api.ts'
import classes from '../dialogs.module.css'
import { limits } from '../limits.ts'
import { useOpenRoom } from '../rooms/room-context.ts'
import { plainText } from './markdown.ts'

type Reason = Input<typeof chat, 'reportMessage'>['reason']

const reasons: readonly Reason[] = ['spam', 'harassment', 'impersonation', 'illegal', 'other']
const quotedChars = 200

export default function ReportDialog({ message, onClose }: { message: Message; onClose: () => void }) {
  const t = useT()
  const { nameOf } = useOpenRoom()
  const name = nameOf(message.authorId)
  const form = useForm({
    initial: { reason: 'spam' as Reason, note: '' },
    submit: async ({ reason, note }) => {
      const about = { roomId: message.roomId, messageId: message.id, reason }
      await chatApi.reportMessage(note.trim() === '' ? about : { ...about, note: note.trim() })
      showToast({ kind: 'done', message: t('people.reported') })
      onClose()
    },
  })
  return (
    <Dialog opened onClose={onClose} title={t('chat.report-title', { name })}>
      <form className={classes.form} noValidate onSubmit={event => void form.onSubmit(event)}>
        <p className="dimmed">{t('people.report-lead', { name })}</p>
        <blockquote className={classes.quoted}>
          <bdi>
            {plainText(message.body, nameOf).slice(0, quotedChars) || t('chat.files', { n: message.files.length })}
          </bdi>
        </blockquote>
        <FailureNotice error={form.failure} />
        <NativeSelect
          label={t('report.reason')}
          value={form.values.reason}
          onChange={event => form.change({ reason: event.currentTarget.value as Reason })}
          data={reasons.map(value => ({ value, label: t(`report.${value}`) }))}
          data-autofocus
        />
        <Textarea {...form.text('note')} label={t('people.report-note')} rows={4} maxLength={limits.reportNote.max} />
        <div className={classes.actions}>
          <Button type="submit" loading={form.isSubmitting}>
            {t('people.report-submit')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
