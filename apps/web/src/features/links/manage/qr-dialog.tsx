/** The QR code of a link: its look, and the files to print. */
import { Button, NativeSelect, TextInput } from '@mantine/core'
import type { Link } from '@octet/contracts/links'
import { IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { shortAddress } from '../../../shared/format.ts'
import { useT } from '../../../shared/i18n.tsx'
import { Dialog } from '../../../shared/ui/dialog.tsx'
import { Notice } from '../../../shared/ui/states.tsx'
import classes from './qr-dialog.module.css'
import { isHardToRead, plainQr, type QrOptions, qrAddress } from './qr-options.ts'

const sizes = [256, 512, 1024, 2048]
const margins = [0, 2, 4, 8]

interface FieldsProps {
  readonly options: QrOptions
  readonly onChange: (patch: Partial<QrOptions>) => void
}

function Fields({ options, onChange }: FieldsProps) {
  const t = useT()
  const pixels = (n: number) => ({ value: String(n), label: t('qr.pixels', { n }) })
  const levels = { L: 'qr.ecc-low', M: 'qr.ecc-medium', Q: 'qr.ecc-good', H: 'qr.ecc-high' } as const
  return (
    <div className={classes.fields}>
      <NativeSelect
        label={t('qr.size')}
        value={String(options.size)}
        onChange={event => onChange({ size: Number(event.currentTarget.value) })}
        data={sizes.map(pixels)}
      />
      <NativeSelect
        label={t('qr.margin')}
        value={String(options.margin)}
        onChange={event => onChange({ margin: Number(event.currentTarget.value) })}
        data={margins.map(n => ({ value: String(n), label: t('qr.modules', { n }) }))}
      />
      <NativeSelect
        label={t('qr.ecc')}
        value={options.ecc}
        onChange={event => onChange({ ecc: event.currentTarget.value as QrOptions['ecc'] })}
        data={Object.entries(levels).map(([value, key]) => ({ value, label: t(key) }))}
      />
      <TextInput
        type="color"
        label={t('qr.fg')}
        value={options.fg}
        onChange={event => onChange({ fg: event.currentTarget.value })}
      />
      <TextInput
        type="color"
        label={t('qr.bg')}
        value={options.bg}
        onChange={event => onChange({ bg: event.currentTarget.value })}
      />
    </div>
  )
}

export default function QrDialog({ link, onClose }: { link: Link; onClose: () => void }) {
  const t = useT()
  const [options, setOptions] = useState(plainQr)
  const icon = <IconDownload size={18} stroke={1.75} />
  return (
    <Dialog opened onClose={onClose} title={t('qr.title')} size="lg">
      <div className={classes.columns}>
        <figure className={classes.picture}>
          {/* One picture for all download sizes: only changes of its look load it again. */}
          <img
            src={qrAddress(link.id, 'svg', { ...options, size: 256 })}
            width={240}
            height={240}
            alt={t('qr.alt', { url: link.shortUrl })}
          />
          <figcaption className="dimmed">{shortAddress(link.shortUrl)}</figcaption>
        </figure>
        <div className={classes.side}>
          <Fields options={options} onChange={patch => setOptions({ ...options, ...patch })} />
          {isHardToRead(options) ? <Notice kind="warning">{t('qr.hard-to-read')}</Notice> : null}
          <div className={classes.actions}>
            {(['svg', 'png'] as const).map(format => (
              <Button
                key={format}
                component="a"
                href={qrAddress(link.id, format, options)}
                download={`${link.code}.${format}`}
                leftSection={icon}
                variant={format === 'svg' ? 'filled' : 'default'}
              >
                {t('qr.download', { format: format.toUpperCase() })}
              </Button>
            ))}
          </div>
        </div>
      </div>
    </Dialog>
  )
}
