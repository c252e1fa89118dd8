/** Links as files: export all of them as a spreadsheet, or import many. */

import { Button, Checkbox } from '@mantine/core'
import { type Output, Problem, requestOf } from '@octet/contracts'
import { links } from '@octet/contracts/links'
import { IconDownload, IconUpload } from '@tabler/icons-react'
import { type ChangeEvent, useRef, useState } from 'react'
import { fieldWords } from '../../../shared/field-words.ts'
import { type Translate, useT } from '../../../shared/i18n.tsx'
import { Page } from '../../../shared/ui/page.tsx'
import { problemLine } from '../../../shared/ui/problem-text.ts'
import { FailureNotice, Notice } from '../../../shared/ui/states.tsx'
import { limits } from '../limits.ts'
import classes from '../places.module.css'
import { useImportLinks } from './import-links.ts'

type Imported = Output<typeof links, 'importLinks'>

function Export() {
  const t = useT()
  const [bom, setBom] = useState(false)
  const { path } = requestOf(links.operations.exportLinks, bom ? { bom } : {})
  return (
    <section className={classes.box} aria-labelledby="export-title">
      <h2 id="export-title">{t('files.export')}</h2>
      <p className="dimmed">{t('files.export-hint')}</p>
      <Checkbox label={t('files.excel')} checked={bom} onChange={event => setBom(event.currentTarget.checked)} />
      <div className={classes.actions}>
        <Button
          component="a"
          href={path}
          download="links.csv"
          variant="default"
          leftSection={<IconDownload size={18} stroke={1.75} />}
        >
          {t('files.download')}
        </Button>
      </div>
    </section>
  )
}

/** Why a row was rejected: its invalid fields, or the problem itself if it names no field. */
function reasonOf({ code, title, errors }: Imported['problems'][number], t: Translate): string {
  if (code !== 'validation-failed') return problemLine(new Problem({ code, title, status: 422 }), t)
  return errors.map(error => `${error.path.slice(1)}: ${fieldWords(error, t)}`).join(' ')
}

/** The result of an import: every rejected row with its line and the reason. */
function Result({ created, problems }: Imported) {
  const t = useT()
  return (
    <>
      <Notice kind={problems.length === 0 ? 'success' : 'warning'}>
        {t('files.imported', { n: created, failed: problems.length })}
      </Notice>
      {problems.length === 0 ? null : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        <section className={classes.problems} tabIndex={0} aria-label={t('files.refused')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('files.line')}</th>
                <th scope="col">{t('links.destination')}</th>
                <th scope="col">{t('files.why')}</th>
              </tr>
            </thead>
            <tbody>
              {problems.map(row => (
                <tr key={row.line}>
                  <th scope="row">{row.line}</th>
                  <td>{row.url}</td>
                  <td>{reasonOf(row, t)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  )
}

function Import() {
  const t = useT()
  const importLinks = useImportLinks()
  const [isTooLarge, setTooLarge] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  async function take({ currentTarget }: ChangeEvent<HTMLInputElement>): Promise<void> {
    const file = currentTarget.files?.[0]
    if (file === undefined) return
    setTooLarge(file.size > limits.csv.max)
    if (file.size <= limits.csv.max) importLinks.mutate(await file.text())
    // Lets the user choose the same file again after correcting it.
    if (input.current !== null) input.current.value = ''
  }
  return (
    <section className={classes.box} aria-labelledby="import-title">
      <h2 id="import-title">{t('files.import')}</h2>
      <p className="dimmed">{t('files.import-hint')}</p>
      <code>url,alias,title,tags,expiresAt</code>
      <FailureNotice error={importLinks.error} />
      {isTooLarge ? <Notice kind="error">{t('files.too-large')}</Notice> : null}
      {importLinks.data === undefined ? null : <Result {...importLinks.data} />}
      <div className={classes.actions}>
        <input
          ref={input}
          type="file"
          accept=".csv,text/csv"
          className="visually-hidden"
          tabIndex={-1}
          aria-label={t('files.choose')}
          onChange={event => void take(event)}
        />
        <Button
          leftSection={<IconUpload size={18} stroke={1.75} />}
          loading={importLinks.isPending}
          onClick={() => input.current?.click()}
        >
          {t('files.choose')}
        </Button>
      </div>
    </section>
  )
}

export function FilesPage() {
  const t = useT()
  const { exportLinks, importLinks } = links.operations
  const api = [
    { operation: exportLinks, input: {} },
    { operation: importLinks, input: { csv: 'url,alias\nhttps://example.org/a,my-alias' } },
  ]
  return (
    <Page title={t('files.title')} lead={t('files.lead')} crumbs={[{ label: t('links.mine'), to: '/links' }]} api={api}>
      <div className={classes.places}>
        <Import />
        <Export />
      </div>
    </Page>
  )
}
