/** The part of the create form that most links do without; it loads when the user opens it. */

import { Button, NativeSelect, TextInput } from '@mantine/core'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useId, useState } from 'react'
import type { useForm } from '../../../shared/form.ts'
import { useT } from '../../../shared/i18n.tsx'
import { PasswordField } from '../../../shared/ui/password-field.tsx'
import { templatesQuery } from '../campaigns/campaigns.ts'
import { isSameUtm, type UtmValues, utmOf, utmValuesOf, withUtm } from '../campaigns/utm.ts'
import { UtmFields } from '../campaigns/utm-fields.tsx'
import { domainsQuery } from '../domains/domains.ts'
import { limits } from '../limits.ts'
import { isAddress, type LinkValues } from '../link-address.ts'
import { foldersQuery } from '../organize/organize.ts'
import classes from './create-form.module.css'
import pair from './link-fields.module.css'
import { ExpiryFields, TagsValue } from './link-fields.tsx'

export interface CreateValues extends LinkValues, UtmValues {
  readonly alias: string
  /** A host of the user; '' for the installation's. */
  readonly domain: string
  readonly folderId: string
  readonly fallbackUrl: string
  readonly password: string
}

type Form = ReturnType<typeof useForm<CreateValues>>

/** Fills the fields, which can be changed afterwards. Only for users with templates. */
function TemplateChoice({ form }: { form: Form }) {
  const t = useT()
  const templates = useQuery(templatesQuery).data ?? []
  if (templates.length === 0) return null
  const utm = utmOf(form.values) ?? {}
  return (
    <NativeSelect
      label={t('campaigns.template')}
      value={templates.find(template => isSameUtm(template.utm, utm))?.id ?? ''}
      data={[
        { value: '', label: t('campaigns.no-template') },
        ...templates.map(({ id, name }) => ({ value: id, label: name })),
      ]}
      onChange={({ currentTarget }) => {
        const chosen = templates.find(({ id }) => id === currentTarget.value)
        form.change(utmValuesOf(chosen?.utm ?? {}))
      }}
    />
  )
}

/** Campaign parameters, and the resulting address while the user types. */
function UtmBuilder({ form }: { form: Form }) {
  const t = useT()
  const id = useId()
  const utm = utmOf(form.values)
  const [isWanted, setWanted] = useState(utm !== undefined)
  const Icon = isWanted ? IconChevronDown : IconChevronRight
  return (
    <div>
      <Button
        variant="subtle"
        color="gray"
        size="xs"
        leftSection={<Icon size={16} stroke={1.75} />}
        aria-expanded={isWanted}
        aria-controls={id}
        onClick={() => setWanted(!isWanted)}
      >
        {t('utm.title')}
      </Button>
      <div id={id} hidden={!isWanted} className={classes.utm}>
        <TemplateChoice form={form} />
        <UtmFields form={form} />
        {isAddress(form.values.url) ? (
          <p className={classes.preview}>
            <span className="dimmed">{t('utm.preview')} </span>
            <code>{withUtm(form.values.url, utm)}</code>
          </p>
        ) : null}
        <Link to="/links/campaigns">{t('campaigns.manage')}</Link>
      </div>
    </div>
  )
}

/** Folder and host; only for users who have any. */
function Places({ form }: { form: Form }) {
  const t = useT()
  const folders = useQuery(foldersQuery).data ?? []
  const domains = (useQuery(domainsQuery).data ?? []).filter(({ isVerified }) => isVerified)
  if (folders.length === 0 && domains.length === 0) return null
  return (
    <div className={pair.pair}>
      {domains.length === 0 ? null : (
        <NativeSelect
          {...form.text('domain')}
          label={t('links.domain')}
          data={[{ value: '', label: location.host }, ...domains.map(({ host }) => host)]}
        />
      )}
      {folders.length === 0 ? null : (
        <NativeSelect
          {...form.text('folderId')}
          label={t('links.folder')}
          data={[
            { value: '', label: t('links.no-folder') },
            ...folders.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
      )}
    </div>
  )
}

export default function CreateOptions({ form }: { form: Form }) {
  const t = useT()
  return (
    <div className={classes.options}>
      <div className={pair.pair}>
        <TextInput
          {...form.text('alias')}
          label={t('links.alias')}
          description={t('links.alias-hint')}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={limits.alias.max}
        />
        <TextInput
          {...form.text('title')}
          label={t('links.title')}
          description={t('links.title-hint')}
          autoComplete="off"
          maxLength={limits.title.max}
        />
      </div>
      <Places form={form} />
      <ExpiryFields form={form} />
      <div className={pair.pair}>
        <PasswordField
          {...form.text('password')}
          label={t('links.password')}
          description={t('links.password-hint')}
          autoComplete="new-password"
          maxLength={limits.password.max}
        />
        <TextInput
          {...form.text('fallbackUrl')}
          label={t('routing.fallback')}
          description={t('links.fallback-hint')}
          type="url"
          autoComplete="off"
          spellCheck={false}
          maxLength={limits.url.max}
        />
      </div>
      <TagsValue form={form} />
      <UtmBuilder form={form} />
    </div>
  )
}
