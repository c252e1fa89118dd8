/** The create form as a dialog on any page, by the `+` button or the key `c`. */
import { useT } from '../../../shared/i18n.tsx'
import { Dialog } from '../../../shared/ui/dialog.tsx'
import { CreateBox } from './create-box.tsx'

export default function CreateDialog({ onClose }: { onClose: () => void }) {
  const t = useT()
  return (
    <Dialog opened onClose={onClose} title={t('links.create')} size="lg">
      <CreateBox autoFocus />
    </Dialog>
  )
}
