/** One link in the list. */
import { ActionIcon, Checkbox, Menu } from '@mantine/core'
import type { ListedLink } from '@octet/contracts/links'
import {
  IconArchive,
  IconArchiveOff,
  IconClockX,
  IconDots,
  IconExternalLink,
  IconLock,
  IconPencil,
  IconRoute,
  IconTrash,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { formatNumber, shortAddress } from '../../../shared/format.ts'
import { useLocale, useT } from '../../../shared/i18n.tsx'
import { CopyButton } from '../../../shared/ui/copy-button.tsx'
import { Sparkline } from '../../../shared/ui/sparkline.tsx'
import { useNow, When } from '../../../shared/ui/when.tsx'
import classes from './links.module.css'

/** Whether the link no longer redirects. */
function isExpired(link: Pick<ListedLink, 'expiresAt' | 'clicksMax' | 'clicks'>, nowMs: number): boolean {
  const isPast = link.expiresAt !== null && new Date(link.expiresAt).getTime() <= nowMs
  return isPast || (link.clicksMax !== null && link.clicks >= link.clicksMax)
}

export function LinkMarks({ link }: { link: Omit<ListedLink, 'recentClicks'> }) {
  const t = useT()
  const now = useNow()
  return (
    <>
      {isExpired(link, now) ? (
        <span className={classes.mark}>
          <IconClockX size={14} aria-hidden="true" /> {t('links.expired')}
        </span>
      ) : null}
      {link.hasPassword ? (
        <span className={classes.mark}>
          <IconLock size={14} aria-hidden="true" /> {t('links.protected')}
        </span>
      ) : null}
      {link.hasRouting ? (
        <span className={classes.mark}>
          <IconRoute size={14} aria-hidden="true" /> {t('links.has-rules')}
        </span>
      ) : null}
      {link.archivedAt === null ? null : (
        <span className={classes.mark}>
          <IconArchive size={14} aria-hidden="true" /> {t('links.archived')}
        </span>
      )}
      {link.isExample ? <span className={classes.tag}>{t('links.example')}</span> : null}
    </>
  )
}

type RowActions = Pick<LinkRowProps, 'link' | 'onArchive' | 'onDelete'>

function RowMenu({ link, onArchive, onDelete }: RowActions) {
  const t = useT()
  const isArchived = link.archivedAt !== null
  const ArchiveIcon = isArchived ? IconArchiveOff : IconArchive
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <ActionIcon aria-label={t('links.actions-of', { code: link.code })}>
          <IconDots size={18} stroke={1.75} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          component={Link}
          to={`/links/${link.id}`}
          hash="edit"
          leftSection={<IconPencil size={16} stroke={1.75} />}
        >
          {t('action.edit')}
        </Menu.Item>
        <Menu.Item
          component={Link}
          to={`/links/${link.id}/routing`}
          leftSection={<IconRoute size={16} stroke={1.75} />}
        >
          {t('links.tab-routing')}
        </Menu.Item>
        <Menu.Item
          component="a"
          href={link.shortUrl}
          target="_blank"
          rel="noreferrer"
          leftSection={<IconExternalLink size={16} stroke={1.75} />}
        >
          {t('links.open')}
        </Menu.Item>
        <Menu.Item leftSection={<ArchiveIcon size={16} stroke={1.75} />} onClick={onArchive}>
          {t(isArchived ? 'links.unarchive' : 'links.archive')}
        </Menu.Item>
        <Menu.Item leftSection={<IconTrash size={16} stroke={1.75} />} color="var(--octet-error)" onClick={onDelete}>
          {t('action.delete')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

export interface LinkRowProps {
  readonly link: ListedLink
  readonly isChosen: boolean
  readonly onChoose: () => void
  readonly onArchive: () => void
  readonly onDelete: () => void
}

export function LinkRow({ link, isChosen, onChoose, ...actions }: LinkRowProps) {
  const { t, tag: locale } = useLocale()
  const recent = link.recentClicks.reduce((sum, clicks) => sum + clicks, 0)
  return (
    <li className={classes.row} data-chosen={isChosen || undefined}>
      <Checkbox
        className={classes.choose}
        aria-label={t('links.select', { code: link.code })}
        checked={isChosen}
        onChange={onChoose}
      />
      <div className={classes.names}>
        <div className={classes.top}>
          <Link to="/links/$id" params={{ id: link.id }} className={`${classes.short} truncate`} data-row-link>
            {link.title ?? shortAddress(link.shortUrl)}
          </Link>
          <LinkMarks link={link} />
          {link.tags.map(tag => (
            <Link key={tag} to="/links" search={{ tag }} className={classes.tag}>
              <span className="visually-hidden">{t('links.tag')} </span>#{tag}
            </Link>
          ))}
        </div>
        <div className={`${classes.target} truncate`}>
          {link.title === null ? null : `${shortAddress(link.shortUrl)} `}
          <span aria-hidden="true">→</span> {shortAddress(link.url)}
        </div>
      </div>
      <div className={classes.spark}>
        <Sparkline
          values={link.recentClicks}
          label={t('links.recent', { n: recent, days: link.recentClicks.length })}
        />
      </div>
      <div className={classes.clicks}>
        <strong>{formatNumber(link.clicks, locale)}</strong>
        <span>{t('links.clicks-word', { n: link.clicks })}</span>
      </div>
      <div className={classes.created}>
        <When time={link.createdAt} />
      </div>
      <div className={classes.actions}>
        <CopyButton text={link.shortUrl} label={t('links.copy', { code: link.code })} />
        <RowMenu link={link} {...actions} />
      </div>
    </li>
  )
}
