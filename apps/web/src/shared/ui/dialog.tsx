/** A dialog whose close button has a name. */
import { Modal, type ModalProps } from '@mantine/core'
import { useT } from '../i18n.tsx'
import { useIsConfirming } from '../step-up.ts'

export function Dialog(props: ModalProps) {
  const t = useT()
  // The step-up question is above every other dialog, so it alone gets the keys.
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
