/** The round button of the account. Its menu is loaded when it is first opened. */
import { type ComponentProps, lazy, Suspense, useState } from 'react'
import { useT } from '../shared/i18n.tsx'
import { useUser } from '../shared/session.ts'
import classes from './shell.module.css'

const AccountMenu = lazy(() => import('./account-menu.tsx'))

/** At most two letters; drawn by the stylesheet, because they are a picture and not part of the button's name. */
function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter(Boolean)
  return [words[0], words.length > 1 ? words.at(-1) : undefined].map(word => Array.from(word ?? '')[0] ?? '').join('')
}

export function AccountButton(props: ComponentProps<'button'>) {
  const t = useT()
  const user = useUser()
  return (
    <button
      aria-haspopup="menu"
      aria-expanded="false"
      {...props}
      type="button"
      className={classes.avatar}
      data-initials={initialsOf(user.displayName)}
      aria-label={t('shell.account-of', { name: user.displayName })}
    />
  )
}

export function Account() {
  const [isWanted, setWanted] = useState(false)
  if (!isWanted) return <AccountButton onClick={() => setWanted(true)} />
  return (
    <Suspense fallback={<AccountButton />}>
      <AccountMenu />
    </Suspense>
  )
}
