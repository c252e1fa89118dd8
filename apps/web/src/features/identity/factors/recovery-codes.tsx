/**
 * Recovery codes, shown only once: to copy, to print, or to save as a file. They fill the page until they are saved.
 */
import { Button, Checkbox } from '@mantine/core'
import { IconDownload, IconPrinter } from '@tabler/icons-react'
import { useState } from 'react'
import { useT } from '../../../shared/i18n.tsx'
import { useUser } from '../../../shared/session.ts'
import { CopyButton } from '../../../shared/ui/copy-button.tsx'
import { Page } from '../../../shared/ui/page.tsx'
import { Notice } from '../../../shared/ui/states.tsx'
import classes from '../account.module.css'

function saveAs(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

export function RecoveryCodes({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) {
  const t = useT()
  const { username } = useUser()
  const [isSaved, setSaved] = useState(false)
  const text = `${t('recovery.file-title', { username, host: window.location.host })}\n\n${codes.join('\n')}\n`
  const icon = { size: 18, stroke: 1.75 } as const
  return (
    <Page title={t('recovery.title')} lead={t('recovery.lead')} isNarrow>
      <div className={classes.section}>
        <ol className={classes.codes} aria-label={t('recovery.title')}>
          {codes.map(code => (
            <li key={code}>
              <code>{code}</code>
            </li>
          ))}
        </ol>
        <div className={`${classes.row} no-print`}>
          <CopyButton text={codes.join('\n')} label={t('recovery.copy')} isWide />
          <Button
            variant="default"
            leftSection={<IconDownload {...icon} />}
            onClick={() => saveAs(`octet-recovery-codes-${username}.txt`, text)}
          >
            {t('recovery.download')}
          </Button>
          <Button variant="default" leftSection={<IconPrinter {...icon} />} onClick={() => window.print()}>
            {t('recovery.print')}
          </Button>
        </div>
        <Notice kind="warning">{t('recovery.once')}</Notice>
        <div className={`${classes.section} no-print`}>
          <Checkbox
            label={t('recovery.saved')}
            checked={isSaved}
            onChange={event => setSaved(event.currentTarget.checked)}
          />
          <div>
            <Button disabled={!isSaved} onClick={onDone}>
              {t('recovery.done')}
            </Button>
          </div>
        </div>
      </div>
    </Page>
  )
}
