/** A dialog whose close button has a name. */
import { Modal, type ModalProps } from '@mantine/core'
import { useT } from '../i18n.tsx'
import { useIsConfirming } from '../step-up.ts'

export function Dialog(props: ModalProps) {
  const t = useT()
  // The question whether it is you lies above every other dialog: keys belong to it alone.
  const isCovered = useIsConfirming()
  return (
    <Modal
      closeOnEscape={!isCovered}
      trapFocus={!isCovered}
      {...props}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    />
  )
}
