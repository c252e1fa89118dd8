/** Asks before an irreversible action: explains it, and takes the word or note that it needs. */
import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useForm } from '../../../shared/form.ts'
import { useT } from '../../../shared/i18n.tsx'
import { Dialog } from '../../../shared/ui/dialog.tsx'
import { FailureNotice } from '../../../shared/ui/states.tsx'
import classes from '../account.module.css'
import { authFormClass } from '../auth-card.tsx'

export interface AskDialogProps {
  readonly title: string
  readonly children: ReactNode
  /** The label of the button that does it. */
  readonly label: string
  readonly isDangerous?: boolean
  readonly run: () => Promise<unknown>
  readonly onClose: () => void
}

export function AskDialog({ title, children, label, isDangerous, run, onClose }: AskDialogProps) {
  const t = useT()
  const form = useForm({
    initial: {},
    submit: async () => {
      await run()
      onClose()
    },
  })
  return (
    <Dialog opened onClose={onClose} title={title}>
      <form className={authFormClass} noValidate onSubmit={event => void form.onSubmit(event)}>
        {children}
        <FailureNotice error={form.failure} />
        <div className={classes.row}>
          <Button type="submit" {...(isDangerous ? { color: 'red' } : {})} loading={form.isSubmitting}>
            {label}
          </Button>
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('action.cancel')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
