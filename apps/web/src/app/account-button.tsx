/** The round button of the account. */
import type { ComponentProps } from 'react'
import { useT } from '../shared/i18n.tsx'
import { useUser } from '../shared/session.ts'
import { AvatarPicture } from '../shared/ui/avatar.tsx'
import classes from './shell.module.css'

/** At most two letters. The stylesheet draws them, because they are decoration and not part of the button's name. */
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
    >
      {user.avatarUrl === undefined ? null : <AvatarPicture key={user.avatarUrl} src={user.avatarUrl} />}
    </button>
  )
}
