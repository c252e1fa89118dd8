import { Badge, Button } from '@mantine/core'
import { type Device, identity } from '@octet/contracts/identity'
import { IconDeviceDesktop, IconDeviceMobile, IconTerminal2 } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useT } from '../../../shared/i18n.tsx'
import { showToast } from '../../../shared/toasts.ts'
import { MoreButton } from '../../../shared/ui/more-button.tsx'
import { Page } from '../../../shared/ui/page.tsx'
import { problemLine } from '../../../shared/ui/problem-text.ts'
import { FailedState, SkeletonRows } from '../../../shared/ui/states.tsx'
import { When } from '../../../shared/ui/when.tsx'
import classes from '../account.module.css'
import { agentOf } from '../user-agent.ts'
import { devicesQuery } from './list-devices.ts'
import { useSignOutDevice } from './sign-out-device.ts'
import { useSignOutOthers } from './sign-out-others.ts'

function DeviceRow({ device }: { device: Device }) {
  const t = useT()
  const signOut = useSignOutDevice()
  const agent = agentOf(device.userAgent)
  const name = t('devices.name', { browser: agent.browser, system: agent.system ?? 'none' })
  const Icon = device.kind === 'api' ? IconTerminal2 : agent.isPhone ? IconDeviceMobile : IconDeviceDesktop
  return (
    <li className={classes.item}>
      <span className={classes.itemIcon}>
        <Icon size={24} stroke={1.5} aria-hidden="true" />
      </span>
      <div className={classes.itemText}>
        <strong title={device.userAgent}>{name}</strong>{' '}
        {device.current ? <Badge variant="light">{t('devices.this')}</Badge> : null}
        <div className={classes.meta}>
          {t('devices.from', { address: device.address, kind: device.kind })} · <When time={device.lastSeenAt} />
        </div>
      </div>
      {device.current ? null : (
        <Button
          variant="default"
          loading={signOut.isPending}
          aria-label={t('devices.sign-out-name', { name })}
          onClick={() =>
            signOut.mutate(device.id, {
              onSuccess: () => showToast({ kind: 'done', message: t('devices.signed-out', { name }) }),
              onError: error => showToast({ kind: 'failed', message: problemLine(error, t) }),
            })
          }
        >
          {t('devices.sign-out')}
        </Button>
      )}
    </li>
  )
}

function OthersButton({ isShown }: { isShown: boolean }) {
  const t = useT()
  const signOutOthers = useSignOutOthers()
  if (!isShown) return null
  return (
    <Button
      variant="default"
      loading={signOutOthers.isPending}
      onClick={() =>
        signOutOthers.mutate(undefined, {
          onSuccess: () => showToast({ kind: 'done', message: t('devices.others-signed-out') }),
          onError: error => showToast({ kind: 'failed', message: problemLine(error, t) }),
        })
      }
    >
      {t('devices.sign-out-others')}
    </Button>
  )
}

export function DevicesPage() {
  const t = useT()
  const query = useInfiniteQuery(devicesQuery)
  const devices = query.data?.pages.flatMap(page => page.data) ?? []
  const { listDevices, signOutOthers } = identity.operations
  const api = [
    { operation: listDevices, input: {} },
    { operation: signOutOthers, input: {} },
  ]
  const others = <OthersButton isShown={devices.length > 1} />
  return (
    <Page title={t('devices.title')} lead={t('devices.lead')} api={api} actions={others} isNarrow>
      {query.isPending ? <SkeletonRows count={3} heightPx={64} /> : null}
      {query.isError && devices.length === 0 ? (
        <FailedState error={query.error} onRetry={() => void query.refetch()} />
      ) : null}
      <ul className={classes.list}>
        {devices.map(device => (
          <DeviceRow key={device.id} device={device} />
        ))}
      </ul>
      {query.hasNextPage ? (
        <div className={classes.more}>
          <MoreButton query={query} />
        </div>
      ) : null}
    </Page>
  )
}
