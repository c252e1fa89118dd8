/** The create form: an address and "Shorten"; the other fields are behind "Options". Its draft survives a reload. */

import { Button, TextInput } from '@mantine/core'
import { Problem } from '@octet/contracts'
import type { Link } from '@octet/contracts/links'
import { IconAdjustments, IconLink } from '@tabler/icons-react'
import { lazy, Suspense, useId, useState } from 'react'
import { keepDraft, readDraft } from '../../../shared/drafts.ts'
import { useForm } from '../../../shared/form.ts'
import { fromZonedInput, withScheme } from '../../../shared/format.ts'
import { useLocale } from '../../../shared/i18n.tsx'
import { fits } from '../../../shared/limits.ts'
import { useSession } from '../../../shared/session.ts'
import { showToast } from '../../../shared/toasts.ts'
import { problemLine } from '../../../shared/ui/problem-text.ts'
import { FailureNotice } from '../../../shared/ui/states.tsx'
import { linksApi } from '../api.ts'
import { utmOf } from '../campaigns/utm.ts'
import { limits } from '../limits.ts'
import { isAddress, linkErrors } from '../link-address.ts'
import classes from './create-form.module.css'
import { type NewLink, useCreateLink } from './create-link.ts'
import type { CreateValues } from './create-options.tsx'

const CreateOptions = lazy(() => import('./create-options.tsx'))

const empty: CreateValues = {
  url: '',
  alias: '',
  domain: '',
  folderId: '',
  title: '',
  expiresAt: '',
  clicksMax: '',
  fallbackUrl: '',
  password: '',
  tags: [],
  utmSource: '',
  utmMedium: '',
  utmCampaign: '',
  utmTerm: '',
  utmContent: '',
}

/** Problems that belong to one field. */
const blamed: Readonly<Record<string, keyof CreateValues>> = {
  'links.alias-taken': 'alias',
  'links.alias-reserved': 'alias',
  'links.url-not-allowed': 'url',
  'links.expiry-in-the-past': 'expiresAt',
  'links.domain-unknown': 'domain',
  'links.folder-unknown': 'folderId',
}

function inputOf(values: CreateValues, timeZone: string): NewLink {
  return {
    url: withScheme(values.url),
    utm: utmOf(values),
    alias: values.alias.trim() || undefined,
    domain: values.domain || undefined,
    folderId: values.folderId || undefined,
    title: values.title.trim() || undefined,
    expiresAt: fromZonedInput(values.expiresAt, timeZone) ?? undefined,
    clicksMax: values.clicksMax === '' ? undefined : Number(values.clicksMax),
    password: values.password || undefined,
    tags: values.tags.length === 0 ? undefined : [...values.tags],
  }
}

function hasOptions({ url: _url, tags, ...texts }: CreateValues): boolean {
  return tags.length > 0 || Object.values(texts).some(text => text !== '')
}

/** The link already exists: if this fails, the message must not suggest that no link was created. */
function useSetFallback() {
  const { t } = useLocale()
  return (link: Link, url: string) =>
    linksApi
      .setLinkRouting({ id: link.id, fallbackUrl: withScheme(url) })
      .catch((error: unknown) =>
        showToast({ kind: 'failed', message: t('links.fallback-failed', { why: problemLine(error, t) }) }),
      )
}

function useCreateForm(onCreated: (link: Link) => void) {
  const { t, timeZone } = useLocale()
  const createLink = useCreateLink()
  const setFallback = useSetFallback()
  const form = useForm<CreateValues>({
    initial: readDraft('link', empty),
    validate: values => ({
      ...linkErrors(values, t, timeZone),
      fallbackUrl: values.fallbackUrl.trim() === '' || isAddress(values.fallbackUrl) ? undefined : t('links.url-rule'),
      alias: values.alias.trim() === '' || fits(values.alias.trim(), limits.alias) ? undefined : t('links.alias-rule'),
    }),
    blame: error => (error instanceof Problem ? blamed[error.code] : undefined),
    textOf: error => problemLine(error, t),
    onChange: ({ password: _password, ...values }) => keepDraft('link', values),
    submit: async values => {
      const link = await createLink.mutateAsync(inputOf(values, timeZone))
      if (values.fallbackUrl.trim() !== '') await setFallback(link, values.fallbackUrl)
      keepDraft('link', null)
      form.reset(empty)
      onCreated(link)
    },
  })
  return form
}

export interface CreateFormProps {
  readonly onCreated: (link: Link) => void
  readonly autoFocus?: boolean
}

export function CreateForm({ onCreated, autoFocus }: CreateFormProps) {
  const { t } = useLocale()
  const { user } = useSession()
  const optionsId = useId()
  const form = useCreateForm(onCreated)
  const [isWanted, setWanted] = useState(() => user !== null && hasOptions(form.values))
  const { url: _url, ...optionErrors } = form.errors
  // An invalid field must be visible.
  const isOpen = isWanted || Object.values(optionErrors).some(text => text !== undefined)
  return (
    <form className={classes.form} noValidate onSubmit={event => void form.onSubmit(event)}>
      <FailureNotice error={form.failure} />
      <div className={classes.line}>
        <TextInput
          {...form.text('url')}
          className={classes.url}
          type="url"
          inputMode="url"
          size="md"
          leftSection={<IconLink size={18} stroke={1.75} />}
          aria-label={t('links.url')}
          placeholder={t('links.url-placeholder')}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={limits.url.max}
          autoFocus={autoFocus ?? false}
          data-autofocus={autoFocus || undefined}
        />
        <Button type="submit" size="md" loading={form.isSubmitting}>
          {t('links.shorten')}
        </Button>
      </div>
      {user === null ? null : (
        <div>
          <Button
            variant="subtle"
            color="gray"
            size="xs"
            leftSection={<IconAdjustments size={16} stroke={1.75} />}
            aria-expanded={isOpen}
            aria-controls={optionsId}
            onClick={() => setWanted(!isOpen)}
          >
            {t('links.options')}
          </Button>
          <div id={optionsId} hidden={!isOpen}>
            {isOpen ? (
              <Suspense>
                <CreateOptions form={form} />
              </Suspense>
            ) : null}
          </div>
        </div>
      )}
    </form>
  )
}
