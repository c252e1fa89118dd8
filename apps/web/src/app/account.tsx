/** The account in the bar: a button, and its menu once it has been opened for the first time. */
import { lazy, Suspense, useState } from 'react'
import { AccountButton } from './account-button.tsx'

const AccountMenu = lazy(() => import('./account-menu.tsx'))

export function Account() {
  const [isWanted, setWanted] = useState(false)
  if (!isWanted) return <AccountButton onClick={() => setWanted(true)} />
  return (
    <Suspense fallback={<AccountButton />}>
      <AccountMenu />
    </Suspense>
  )
}
