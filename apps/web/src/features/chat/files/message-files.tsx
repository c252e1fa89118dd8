/** The files of a message: pictures are shown, all others can be downloaded. */
import type { FileInfo } from '@octet/contracts/chat'
import { IconDownload, IconFile, IconFileMusic, IconFileText, IconFileZip, IconMovie } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { fileSize } from '../../../shared/file-size.ts'
import { useLocale, useT } from '../../../shared/i18n.tsx'
import classes from './files.module.css'

const PictureDialog = lazy(() => import('./picture-dialog.tsx'))

const [widthMax, heightMax] = [360, 260]
/** A smaller picture would be too small to click. */
const edgeMin = 44

type Picture = FileInfo & { readonly width: number; readonly height: number }

const isPicture = (file: FileInfo): file is Picture => file.hasThumbnail && file.width !== null && file.height !== null

/** The final size, so that the picture takes its space before it has loaded. */
function shownSize({ width, height }: Pick<Picture, 'width' | 'height'>) {
  const scale = Math.min(1, widthMax / width, heightMax / height)
  const side = (length: number) => Math.max(edgeMin, Math.round(length * scale))
  return { width: side(width), height: side(height) }
}

function iconOf(contentType: string) {
  if (contentType.startsWith('video/')) return IconMovie
  if (contentType.startsWith('audio/')) return IconFileMusic
  if (contentType === 'text/plain' || contentType === 'application/pdf') return IconFileText
  return /zip|compressed/.test(contentType) ? IconFileZip : IconFile
}

function Other({ file }: { file: FileInfo }) {
  const t = useT()
  const { tag } = useLocale()
  const Icon = iconOf(file.contentType)
  return (
    <a className={classes.file} href={`/chat/files/${file.id}`} download>
      <Icon size={28} stroke={1.5} aria-hidden="true" />
      <span className={classes.what}>
        <bdi className="truncate" title={file.name}>
          {file.name}
        </bdi>
        <span className="dimmed">{fileSize(file.sizeBytes, tag)}</span>
      </span>
      <IconDownload size={18} stroke={1.75} aria-hidden="true" />
      <span className="visually-hidden">{t('chat.file-download')}</span>
    </a>
  )
}

export function MessageFiles({ files }: { files: readonly FileInfo[] }) {
  const t = useT()
  const [opened, setOpened] = useState<{ file: Picture; button: HTMLElement } | undefined>(undefined)
  if (files.length === 0) return null
  const pictures = files.filter(isPicture)
  const others = files.filter(file => !isPicture(file))
  return (
    <div className={classes.files}>
      {pictures.length === 0 ? null : (
        <div className={classes.pictures}>
          {pictures.map(file => (
            <button
              key={file.id}
              type="button"
              className={classes.picture}
              aria-label={t('chat.picture-open', { name: file.name })}
              title={file.name}
              onClick={event => setOpened({ file, button: event.currentTarget })}
            >
              <img
                src={`/chat/files/${file.id}/thumbnail`}
                alt=""
                loading="lazy"
                decoding="async"
                {...shownSize(file)}
              />
            </button>
          ))}
        </div>
      )}
      {others.map(file => (
        <Other key={file.id} file={file} />
      ))}
      {opened === undefined ? null : (
        <Suspense>
          <PictureDialog
            file={opened.file}
            onClose={() => {
              setOpened(undefined)
              opened.button.focus()
            }}
          />
        </Suspense>
      )}
    </div>
  )
}
