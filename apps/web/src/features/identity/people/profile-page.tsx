/** Another user's public profile, with buttons to block or report them. */
import { Button } from '@mantine/core'
import { type Output, Problem } from '@octet/contracts'
import { identity } from '@octet/contracts/identity'
import { IconFlag, IconUserOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { useT } from '../../../shared/i18n.tsx'
import { useUser } from '../../../shared/session.ts'
import { showToast } from '../../../shared/toasts.ts'
import { Avatar } from '../../../shared/ui/avatar.tsx'
import { Page } from '../../../shared/ui/page.tsx'
import { problemLine } from '../../../shared/ui/problem-text.ts'
import { FailedState, Notice, SkeletonRows, StateBox } from '../../../shared/ui/states.tsx'
import { When } from '../../../shared/ui/when.tsx'
import classes from '../account.module.css'
import { useBlock, useUnblock } from './blocks.ts'
import { profileQuery } from './people.ts'

type Profile = Output<typeof identity, 'getProfile'>

const ReportDialog = lazy(() => import('./report-dialog.tsx'))
const iconProps = { size: 18, stroke: 1.75 } as const

function BlockButton({ profile: { id, username: name, blockedByMe } }: { profile: Profile }) {
  const t = useT()
  const block = useBlock()
  const unblock = useUnblock()
  const change = blockedByMe ? unblock : block
  const said = blockedByMe ? 'people.unblocked' : 'people.blocked'
  return (
    <Button
      variant="default"
      leftSection={<IconUserOff {...iconProps} />}
      loading={change.isPending}
      onClick={() =>
        change.mutate(id, {
          onSuccess: () => showToast({ kind: 'done', message: t(said, { name }) }),
          onError: error => showToast({ kind: 'failed', message: problemLine(error, t) }),
        })
      }
    >
      {t(blockedByMe ? 'people.unblock' : 'people.block')}
    </Button>
  )
}

function Actions({ profile }: { profile: Profile }) {
  const t = useT()
  const me = useUser()
  const [isReporting, setReporting] = useState(false)
  if (profile.id === me.id) {
    return (
      <Button component={Link} to="/account" variant="default">
        {t('people.edit-profile')}
      </Button>
    )
  }
  return (
    <>
      <BlockButton profile={profile} />
      <Button
        variant="default"
        leftSection={<IconFlag {...iconProps} />}
        aria-haspopup="dialog"
        onClick={() => setReporting(true)}
      >
        {t('people.report')}
      </Button>
      {isReporting ? (
        <Suspense>
          <ReportDialog profile={profile} onClose={() => setReporting(false)} />
        </Suspense>
      ) : null}
    </>
  )
}

const route = getRouteApi('/people/$username')

export function ProfilePage() {
  const t = useT()
  const { username } = route.useParams()
  const query = useQuery(profileQuery(username))
  const profile = query.data
  const crumbs = [{ label: t('people.title'), to: '/people' }]
  const api = [{ operation: identity.operations.getProfile, input: { username } }]
  const isMissing = query.error instanceof Problem && query.error.status === 404
  return (
    <Page title={profile?.displayName ?? `@${username}`} crumbs={crumbs} api={api} isNarrow>
      {query.isPending ? <SkeletonRows count={2} heightPx={64} /> : null}
      {isMissing ? <StateBox title={t('people.missing')} text={t('people.none-hint')} /> : null}
      {query.isError && !isMissing && profile === undefined ? (
        <FailedState error={query.error} onRetry={() => void query.refetch()} />
      ) : null}
      {profile === undefined || isMissing ? null : (
        <div className={classes.section}>
          {profile.blockedByMe ? (
            <Notice kind="warning">{t('people.is-blocked', { name: profile.username })}</Notice>
          ) : null}
          <Avatar id={profile.id} name={profile.displayName} src={profile.avatarUrl} size={96} />
          {profile.bio === '' ? null : <p className={classes.bio}>{profile.bio}</p>}
          <dl className={classes.facts}>
            <dt>{t('identity.username')}</dt>
            <dd>@{profile.username}</dd>
            <dt>{t('people.since')}</dt>
            <dd>
              <When time={profile.createdAt} />
            </dd>
          </dl>
          <div className={classes.row}>
            <Actions profile={profile} />
          </div>
        </div>
      )}
    </Page>
  )
}
