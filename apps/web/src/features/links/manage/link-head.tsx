/** The head of all pages of one link: the short address to copy, its destination, and tabs. */
import { ActionIcon, Button, Menu } from '@mantine/core'
import type { Link } from '@octet/contracts/links'
import {
  IconArchive,
  IconArchiveOff,
  IconChartBar,
  IconDots,
  IconExternalLink,
  IconQrcode,
  IconRoute,
  IconTrash,
} from '@tabler/icons-react'
import { Link as RouterLink } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { formatDateTime, shortAddress } from '../../../shared/format.ts'
import { useLocale, useT } from '../../../shared/i18n.tsx'
import { CopyButton } from '../../../shared/ui/copy-button.tsx'
import { useArchiveLinks } from '../bulk/archive-links.ts'
import { useDeleteLink } from './delete-link.ts'
import classes from './link-page.module.css'
import { LinkMarks } from './link-row.tsx'

const QrDialog = lazy(() => import('./qr-dialog.tsx'))

function Limits({ link }: { link: Link }) {
  const { t, tag, timeZone } = useLocale()
  return (
    <>
      {link.expiresAt === null ? null : (
        <span className="dimmed">{t('links.expires-on', { when: formatDateTime(link.expiresAt, tag, timeZone) })}</span>
      )}
      {link.clicksMax === null ? null : <span className="dimmed">{t('links.limited-to', { n: link.clicksMax })}</span>}
    </>
  )
}

function QrButton({ link }: { link: Link }) {
  const t = useT()
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconQrcode size={18} stroke={1.75} />}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        {t('qr.button')}
      </Button>
      {isOpen ? (
        <Suspense>
          <QrDialog link={link} onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </>
  )
}

export function LinkActions({ link, onDeleted }: { link: Link; onDeleted: () => void }) {
  const t = useT()
  const deleteLink = useDeleteLink()
  const archive = useArchiveLinks()
  const isArchived = link.archivedAt !== null
  const ArchiveIcon = isArchived ? IconArchiveOff : IconArchive
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <ActionIcon variant="default" aria-label={t('links.actions-of', { code: link.code })}>
          <IconDots size={18} stroke={1.75} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<ArchiveIcon size={16} stroke={1.75} />}
          onClick={() => void archive([link.id], !isArchived)}
        >
          {t(isArchived ? 'links.unarchive' : 'links.archive')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconTrash size={16} stroke={1.75} />}
          color="var(--octet-error)"
          onClick={() => {
            deleteLink(link)
            onDeleted()
          }}
        >
          {t('action.delete')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function Tabs({ id }: { id: string }) {
  const t = useT()
  const tab = { className: classes.tab, activeOptions: { exact: true, includeSearch: false } }
  return (
    <nav className={`${classes.tabs} no-print`} aria-label={t('links.pages')}>
      <RouterLink to="/links/$id" params={{ id }} {...tab}>
        <IconChartBar size={18} stroke={1.75} aria-hidden="true" /> {t('links.tab-stats')}
      </RouterLink>
      <RouterLink to="/links/$id/routing" params={{ id }} {...tab}>
        <IconRoute size={18} stroke={1.75} aria-hidden="true" /> {t('links.tab-routing')}
      </RouterLink>
    </nav>
  )
}

export function LinkHead({ link }: { link: Link }) {
  const t = useT()
  return (
    <>
      <div className={classes.hero}>
        <div className={classes.heroText}>
          <a className={classes.short} href={link.shortUrl} target="_blank" rel="noreferrer">
            {shortAddress(link.shortUrl)}
          </a>
          <div className={classes.target}>
            <span aria-hidden="true">→ </span>
            <span className="visually-hidden">{t('links.leads-to')} </span>
            <a href={link.url} target="_blank" rel="noreferrer">
              {shortAddress(link.url)}
            </a>
          </div>
          <div className={classes.marks}>
            <LinkMarks link={link} />
            <Limits link={link} />
          </div>
        </div>
        <div className={`${classes.heroActions} no-print`}>
          <ActionIcon component="a" href={link.shortUrl} target="_blank" rel="noreferrer" aria-label={t('links.open')}>
            <IconExternalLink size={18} stroke={1.75} />
          </ActionIcon>
          <QrButton link={link} />
          <CopyButton text={link.shortUrl} label={t('links.copy', { code: link.code })} isWide isFilled />
        </div>
      </div>
      <Tabs id={link.id} />
    </>
  )
}
