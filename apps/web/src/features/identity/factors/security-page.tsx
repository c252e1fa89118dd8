/** The security page: password, second step, passkeys and provider accounts. */
import { identity } from '@octet/contracts/identity'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useT } from '../../../shared/i18n.tsx'
import { Page } from '../../../shared/ui/page.tsx'
import { FailedState, FailureNotice, SkeletonRows } from '../../../shared/ui/states.tsx'
import classes from '../account.module.css'
import { PasskeysSection } from '../passkeys/passkeys-section.tsx'
import { ProvidersSection } from '../providers/providers-section.tsx'
import { refusalOf } from '../sign-in/list-providers.ts'
import { PasswordSection } from '../sign-in/password-section.tsx'
import { AuthenticatorSection } from './authenticator-section.tsx'
import { securityQuery } from './get-security.ts'
import { RecoveryCodes } from './recovery-codes.tsx'

const route = getRouteApi('/account/security')

export function SecurityPage() {
  const t = useT()
  const { problem } = route.useSearch()
  const query = useQuery(securityQuery)
  const [codes, setCodes] = useState<readonly string[]>()
  if (codes !== undefined) return <RecoveryCodes codes={codes} onDone={() => setCodes(undefined)} />
  const { getSecurity, listPasskeys } = identity.operations
  const api = [
    { operation: getSecurity, input: {} },
    { operation: listPasskeys, input: {} },
  ]
  const security = query.data
  return (
    <Page title={t('security.title')} lead={t('security.lead')} api={api} isNarrow>
      <FailureNotice error={refusalOf(problem)} />
      {query.isPending ? <SkeletonRows count={4} heightPx={96} /> : null}
      {query.isError && security === undefined ? (
        <FailedState error={query.error} onRetry={() => void query.refetch()} />
      ) : null}
      {security === undefined ? null : (
        <div className={classes.sections}>
          <PasskeysSection isPossible={security.passkeysPossible} onCodes={setCodes} />
          <AuthenticatorSection security={security} onCodes={setCodes} />
          <PasswordSection hasPassword={security.hasPassword} />
          <ProvidersSection />
        </div>
      )}
    </Page>
  )
}
