/** The API calls of a page, as commands that work as soon as the token is set. */
import { type ApiCall, curlOf, tokenPlaceholder } from '@octet/contracts'
import { identity } from '@octet/contracts/identity'
import { summaries } from '@octet/contracts/summaries'
import { useLocale, useT } from '../i18n.tsx'
import { useSession } from '../session.ts'
import classes from './api-calls.module.css'
import { CopyButton } from './copy-button.tsx'
import { Dialog } from './dialog.tsx'

function Call({ title, command }: { title: string; command: string }) {
  const t = useT()
  return (
    <section className={classes.call}>
      <div className={classes.head}>
        <h3>{title}</h3>
        <CopyButton text={command} label={t('api.copy', { what: title })} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <pre className={classes.code} tabIndex={0}>
        {command}
      </pre>
    </section>
  )
}

function Calls({ calls }: { calls: readonly ApiCall[] }) {
  const { rich, t } = useLocale()
  const { user } = useSession()
  const origin = window.location.origin
  const login = user?.username ?? 'you'
  const signIn = curlOf({ operation: identity.operations.login, input: { login, password: '…' } }, origin)
  const needsToken = calls.some(call => call.operation.access.kind !== 'anyone')
  return (
    <div className={classes.calls}>
      <p className="dimmed">
        {rich('api.lead', { token: tokenPlaceholder }, { docs: text => <a href="/docs">{text}</a> })}
      </p>
      {calls.map(call => (
        <Call
          key={call.operation.http}
          title={summaries[call.operation.http ?? ''] ?? ''}
          command={curlOf(call, origin)}
        />
      ))}
      {needsToken ? <Call title={t('api.token', { token: tokenPlaceholder })} command={signIn} /> : null}
    </div>
  )
}

export default function ApiCalls({ calls, onClose }: { calls: readonly ApiCall[]; onClose: () => void }) {
  const t = useT()
  return (
    <Dialog opened onClose={onClose} title={t('api.title')} size="lg">
      <Calls calls={calls} />
    </Dialog>
  )
}
