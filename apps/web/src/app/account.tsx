/** The account in the top bar: a button, and a menu that loads when it is first opened. */
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
