/** The profile picture: shown, chosen from a file, removed. */
import { Button } from '@mantine/core'
import { avatarBytesMax, type Me } from '@octet/contracts/identity'
import { IconPhoto } from '@tabler/icons-react'
import { type ChangeEvent, useRef, useState } from 'react'
import { useT } from '../../../shared/i18n.tsx'
import { showToast } from '../../../shared/toasts.ts'
import { Avatar } from '../../../shared/ui/avatar.tsx'
import { FailureNotice, Notice } from '../../../shared/ui/states.tsx'
import classes from '../account.module.css'
import { useChangeAvatar } from './change-avatar.ts'

export function PictureSection({ user }: { user: Me }) {
  const t = useT()
  const change = useChangeAvatar()
  const input = useRef<HTMLInputElement>(null)
  const [isTooLarge, setTooLarge] = useState(false)
  const has = user.avatarUrl !== undefined

  function choose({ currentTarget }: ChangeEvent<HTMLInputElement>): void {
    const file = currentTarget.files?.[0]
    // The same file can be chosen again after a failure.
    currentTarget.value = ''
    if (file === undefined) return
    setTooLarge(file.size > avatarBytesMax)
    if (file.size > avatarBytesMax) return
    change.mutate(file, { onSuccess: () => showToast({ kind: 'done', message: t('account.picture-saved') }) })
  }

  return (
    <section className={classes.section}>
      <h2>{t('account.picture')}</h2>
      {isTooLarge ? <Notice kind="error">{t('account.picture-too-large')}</Notice> : null}
      <FailureNotice error={change.error} />
      <div className={classes.picture}>
        <Avatar id={user.id} name={user.displayName} src={user.avatarUrl} size={96} />
        <div className={classes.section}>
          <p className="dimmed">{t('account.picture-hint')}</p>
          <div className={classes.row}>
            <input
              ref={input}
              type="file"
              accept="image/png,image/jpeg,image/webp,image/gif,image/avif"
              className="visually-hidden"
              tabIndex={-1}
              aria-label={t('account.picture-choose')}
              onChange={choose}
            />
            <Button
              variant="default"
              leftSection={<IconPhoto size={18} stroke={1.75} />}
              loading={change.isPending}
              onClick={() => input.current?.click()}
            >
              {t('account.picture-choose')}
            </Button>
            {has ? (
              <Button
                variant="subtle"
                disabled={change.isPending}
                onClick={() => {
                  setTooLarge(false)
                  change.mutate(null, {
                    onSuccess: () => showToast({ kind: 'done', message: t('account.picture-removed') }),
                  })
                }}
              >
                {t('account.picture-remove')}
              </Button>
            ) : null}
          </div>
        </div>
      </div>
    </section>
  )
}
