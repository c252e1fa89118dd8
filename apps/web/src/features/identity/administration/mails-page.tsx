/** The mail outbox: everything that Octet has sent on an installation without a mail server. */

import { Badge, Button, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { type KeptMail, mails } from '@octet/contracts/mails'
import { IconMail, IconSearch } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useT } from '../../../shared/i18n.tsx'
import { useSession } from '../../../shared/session.ts'
import { Dialog } from '../../../shared/ui/dialog.tsx'
import { Page } from '../../../shared/ui/page.tsx'
import { FailedState, ForbiddenState, SkeletonRows, StateBox } from '../../../shared/ui/states.tsx'
import { When } from '../../../shared/ui/when.tsx'
import classes from '../account.module.css'
import { limits } from '../limits.ts'
import { PagedList } from '../paged.tsx'
import { mailQuery, mailsQuery } from './mails.ts'

const addressPattern = /(https?:\/\/\S+)/

/** The text with clickable links to this site. Other links stay text, because any visitor may have caused a mail. */
function MailText({ text }: { text: string }) {
  return text.split(addressPattern).map((part, index) =>
    part.startsWith(`${window.location.origin}/`) ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: a mail never changes
      <a key={index} href={part}>
        {part}
      </a>
    ) : (
      part
    ),
  )
}

function MailDialog({ mail, onClose }: { mail: KeptMail; onClose: () => void }) {
  const query = useQuery(mailQuery(mail.id))
  return (
    <Dialog opened onClose={onClose} title={mail.subject} size="lg">
      {query.isPending ? <SkeletonRows count={3} heightPx={40} /> : null}
      {query.isError ? <FailedState error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.data === undefined ? null : (
        <p className={classes.mail}>
          <MailText text={query.data.text} />
        </p>
      )}
    </Dialog>
  )
}

function MailRow({ mail, onRead }: { mail: KeptMail; onRead: () => void }) {
  const t = useT()
  const { subject, to: address, state, error, createdAt } = mail
  return (
    <>
      <div className={classes.itemText}>
        <strong>{subject}</strong> <Badge variant="light">{t(`mails.${state}`)}</Badge>
        <div className={classes.meta}>
          {t('mails.to', { address })} · <When time={createdAt} />
          {error === null ? null : ` · ${error}`}
        </div>
      </div>
      <Button variant="default" aria-label={t('mails.read-name', { subject, address })} onClick={onRead}>
        {t('mails.read')}
      </Button>
    </>
  )
}

function MailList({ to }: { to: string }) {
  const t = useT()
  const query = useInfiniteQuery(mailsQuery(to))
  const [opened, setOpened] = useState<KeptMail>()
  return (
    <>
      <PagedList
        query={query}
        idOf={mail => mail.id}
        row={mail => <MailRow mail={mail} onRead={() => setOpened(mail)} />}
        empty={
          <StateBox icon={<IconMail size={32} stroke={1.5} />} title={t('mails.none')} text={t('mails.none-hint')} />
        }
        label={t('mails.title')}
      />
      {opened === undefined ? null : <MailDialog mail={opened} onClose={() => setOpened(undefined)} />}
    </>
  )
}

const addressCharsMin = 3

export function MailsPage() {
  const t = useT()
  const { can } = useSession()
  const [typed, setTyped] = useState('')
  const [settled] = useDebouncedValue(typed.trim(), 250)
  const to = settled.length >= addressCharsMin ? settled : ''
  if (!can('operations:read')) {
    return (
      <Page title={t('mails.title')} isNarrow>
        <ForbiddenState />
      </Page>
    )
  }
  return (
    <Page
      title={t('mails.title')}
      lead={t('mails.lead')}
      api={[{ operation: mails.operations.listMails, input: to === '' ? {} : { to } }]}
      isNarrow
    >
      <div className={classes.toolbar}>
        <TextInput
          type="search"
          className={classes.grow}
          leftSection={<IconSearch size={16} />}
          label={t('mails.search')}
          maxLength={limits.mailAddress.max}
          value={typed}
          onChange={event => setTyped(event.currentTarget.value)}
        />
      </div>
      <MailList to={to} />
    </Page>
  )
}
