/** A dialog whose close button has a name. */
import { Modal, type ModalProps } from '@mantine/core'
import { useT } from '../i18n.tsx'

export function Dialog(props: ModalProps) {
  const t = useT()
  return <Modal {...props} closeButtonProps={{ 'aria-label': t('action.close') }} />
}
