/** Changes a link. Warns before unsaved changes are lost, and asks when another user saved first. */

import { Button, Checkbox, TextInput } from '@mantine/core'
import { Problem } from '@octet/contracts'
import type { Link } from '@octet/contracts/links'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useForm } from '../../../shared/form.ts'
import { useLocale } from '../../../shared/i18n.tsx'
import { showToast } from '../../../shared/toasts.ts'
import { PasswordField } from '../../../shared/ui/password-field.tsx'
import { problemLine } from '../../../shared/ui/problem-text.ts'
import { FailureNotice } from '../../../shared/ui/states.tsx'
import { ExpiryFields, TagsValue } from '../create/link-fields.tsx'
import { limits } from '../limits.ts'
import { linkErrors } from '../link-address.ts'
import { Conflict } from './edit-conflict.tsx'
import { changeOf, type EditValues, editValuesOf, isChanged } from './edit-values.ts'
import { linkQuery } from './get-link.ts'
import classes from './link-page.module.css'
import { useUnsavedGuard } from './unsaved-guard.ts'
import { useUpdateLink } from './update-link.ts'

const isConflict = (error: unknown) => error instanceof Problem && error.code === 'version-mismatch'

const blamed: Readonly<Record<string, keyof EditValues>> = {
  'links.url-not-allowed': 'url',
  'links.expiry-in-the-past': 'expiresAt',
}

/** The state of the form: the version it started from, and the version that another user saved meanwhile. */
function useEditForm(link: Link) {
  const { t, timeZone } = useLocale()
  const queryClient = useQueryClient()
  const updateLink = useUpdateLink(link.id)
  const [base, setBase] = useState(link)
  const [theirs, setTheirs] = useState<Link | null>(null)

  function adopt(version: Link): void {
    setBase(version)
    setTheirs(null)
    form.reset(editValuesOf(version, timeZone))
  }
  async function save(values: EditValues, version: number): Promise<void> {
    try {
      adopt(await updateLink.mutateAsync({ change: changeOf(values, base, timeZone), version }))
      showToast({ kind: 'done', message: t('links.saved') })
    } catch (error) {
      if (!isConflict(error)) throw error
      setTheirs(await queryClient.fetchQuery({ ...linkQuery(link.id), staleTime: 0 }))
    }
  }
  const form = useForm<EditValues>({
    initial: editValuesOf(link, timeZone),
    validate: values => {
      const { expiresAt, ...errors } = linkErrors(values, t, timeZone)
      // An expiry that has passed may stay.
      return changeOf(values, base, timeZone).expiresAt === undefined ? errors : { ...errors, expiresAt }
    },
    blame: error => (error instanceof Problem ? blamed[error.code] : undefined),
    textOf: error => problemLine(error, t),
    submit: values => save(values, base.version),
  })
  const change = changeOf(form.values, base, timeZone)
  const isDirty = isChanged(change)
  // When the user typed nothing, a newer version simply replaces the old one.
  if (!isDirty && theirs === null && link.version > base.version) adopt(link)
  return { form, change, isDirty, theirs, adopt, save, base }
}

/** The row menu's "Edit" links to `#edit`. */
function useFocusOnHash(): void {
  useEffect(() => {
    if (window.location.hash !== '#edit') return
    requestAnimationFrame(() => document.querySelector<HTMLElement>('#edit input')?.focus())
  }, [])
}

export function EditForm({ link }: { link: Link }) {
  const { t, timeZone } = useLocale()
  const { form, change, isDirty, theirs, adopt, save, base } = useEditForm(link)
  const [failure, setFailure] = useState<unknown>(undefined)
  useUnsavedGuard(isDirty)
  useFocusOnHash()

  function keepMine(current: Link): void {
    setFailure(undefined)
    save(form.values, current.version).catch(setFailure)
  }
  return (
    <section className={`${classes.section} ${classes.edit}`} id="edit" aria-labelledby="edit-title">
      <h2 id="edit-title">{t('links.edit')}</h2>
      <FailureNotice error={form.failure ?? failure} />
      {theirs === null ? null : (
        <Conflict theirs={theirs} change={change} onTheirs={() => adopt(theirs)} onMine={() => keepMine(theirs)} />
      )}
      <form className={classes.form} noValidate onSubmit={event => void form.onSubmit(event)}>
        <TextInput
          {...form.text('url')}
          label={t('links.destination')}
          type="url"
          autoComplete="off"
          spellCheck={false}
          maxLength={limits.url.max}
        />
        <TextInput {...form.text('title')} label={t('links.title')} autoComplete="off" maxLength={limits.title.max} />
        <TagsValue form={form} />
        <ExpiryFields form={form} />
        <PasswordField
          {...form.text('password')}
          label={base.hasPassword ? t('links.password-new') : t('links.password')}
          description={base.hasPassword ? t('links.password-new-hint') : t('links.password-hint')}
          disabled={form.values.isPasswordRemoved}
          autoComplete="new-password"
          maxLength={limits.password.max}
        />
        {base.hasPassword ? (
          <Checkbox
            label={t('links.password-remove')}
            checked={form.values.isPasswordRemoved}
            onChange={event => form.change({ isPasswordRemoved: event.currentTarget.checked, password: '' })}
          />
        ) : null}
        <div className={classes.formActions}>
          <Button type="submit" loading={form.isSubmitting} disabled={!isDirty}>
            {t('action.save')}
          </Button>
          {isDirty ? (
            <Button variant="default" onClick={() => form.reset(editValuesOf(base, timeZone))}>
              {t('action.discard')}
            </Button>
          ) : null}
        </div>
      </form>
    </section>
  )
}
