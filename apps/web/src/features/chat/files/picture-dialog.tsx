/** A picture as large as the window allows. */
import { Button } from '@mantine/core'
import type { FileInfo } from '@octet/contracts/chat'
import { IconDownload, IconExternalLink } from '@tabler/icons-react'
import { fileSize } from '../../../shared/file-size.ts'
import { useLocale, useT } from '../../../shared/i18n.tsx'
import { Dialog } from '../../../shared/ui/dialog.tsx'
import classes from './files.module.css'

export default function PictureDialog({ file, onClose }: { file: FileInfo; onClose: () => void }) {
  const t = useT()
  const { tag } = useLocale()
  const address = `/chat/files/${file.id}`
  const icon = { size: 16, stroke: 1.75 }
  return (
    <Dialog
      opened
      onClose={onClose}
      size="auto"
      centered
      title={<bdi className={classes.pictureName}>{file.name}</bdi>}
    >
      <img
        className={classes.full}
        src={address}
        alt={file.name}
        width={file.width ?? undefined}
        height={file.height ?? undefined}
      />
      <div className={classes.fullActions}>
        <span className="dimmed">
          {file.width} × {file.height} · {fileSize(file.sizeBytes, tag)}
        </span>
        <Button
          component="a"
          href={address}
          target="_blank"
          rel="noopener"
          variant="default"
          leftSection={<IconExternalLink {...icon} />}
        >
          {t('chat.picture-new-tab')}
        </Button>
        <Button component="a" href={address} download variant="default" leftSection={<IconDownload {...icon} />}>
          {t('chat.file-download')}
        </Button>
      </div>
    </Dialog>
  )
}
