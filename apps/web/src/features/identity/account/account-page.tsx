/** Profile and preferences. Preferences take effect at once; the profile waits for "Save". */

import {
  Button,
  NativeSelect,
  SegmentedControl,
  Switch,
  Textarea,
  TextInput,
  useMantineColorScheme,
} from '@mantine/core'
import { identity, type Me } from '@octet/contracts/identity'
import { useState } from 'react'
import { useForm } from '../../../shared/form.ts'
import { chooseLanguage, type Language, languageNames, languages, useLocale, useT } from '../../../shared/i18n.tsx'
import { useSavedChoice } from '../../../shared/saved-choice.ts'
import { useUser } from '../../../shared/session.ts'
import { store, useStored } from '../../../shared/storage.ts'
import { showToast } from '../../../shared/toasts.ts'
import { Page } from '../../../shared/ui/page.tsx'
import { problemLine } from '../../../shared/ui/problem-text.ts'
import { FailureNotice } from '../../../shared/ui/states.tsx'
import { When } from '../../../shared/ui/when.tsx'
import classes from '../account.module.css'
import { EmailSection } from '../address/email-section.tsx'
import { limits } from '../limits.ts'
import { PictureSection } from './picture-section.tsx'
import { useUpdateMe } from './update-me.ts'

function Profile({ user }: { user: Me }) {
  const t = useT()
  const updateMe = useUpdateMe()
  const form = useForm({
    initial: { displayName: user.displayName, bio: user.bio },
    validate: values => ({ displayName: values.displayName.trim() === '' ? t('account.name-missing') : undefined }),
    submit: async values => {
      await updateMe.mutateAsync({ displayName: values.displayName.trim(), bio: values.bio.trim() })
      showToast({ kind: 'done', message: t('account.saved') })
    },
  })
  return (
    <section className={classes.section}>
      <h2>{t('account.profile')}</h2>
      <FailureNotice error={form.failure} />
      <form className={classes.section} noValidate onSubmit={event => void form.onSubmit(event)}>
        <TextInput
          {...form.text('displayName')}
          label={t('account.display-name')}
          description={t('account.display-name-hint')}
          autoComplete="name"
          maxLength={limits.displayName.max}
        />
        <Textarea
          {...form.text('bio')}
          label={t('account.bio')}
          description={t('account.bio-hint', { max: limits.bio.max })}
          autosize
          minRows={2}
          maxRows={8}
          maxLength={limits.bio.max}
        />
        <div className={classes.row}>
          <Button type="submit" loading={form.isSubmitting}>
            {t('action.save')}
          </Button>
        </div>
      </form>
      <dl className={classes.facts}>
        <dt>{t('identity.username')}</dt>
        <dd>{user.username}</dd>
        <dt>{t('account.since')}</dt>
        <dd>
          <When time={user.createdAt} />
        </dd>
      </dl>
    </section>
  )
}

function usePreference(user: Me) {
  const t = useT()
  const updateMe = useUpdateMe()
  /** Saves it; `undo` reverts the effect in this browser when the server refuses. */
  return async (preference: Me['preferences'], undo: () => void = () => undefined) => {
    try {
      await updateMe.mutateAsync({ preferences: { ...user.preferences, ...preference } })
    } catch (error) {
      undo()
      showToast({ kind: 'failed', message: problemLine(error, t) })
    }
  }
}

const schemes = ['auto', 'light', 'dark'] as const

function Appearance({ user }: { user: Me }) {
  const { t, language } = useLocale()
  const save = usePreference(user)
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true })

  const [theme, changeTheme] = useSavedChoice(colorScheme, next => {
    setColorScheme(next)
    return save({ theme: next }, () => setColorScheme(colorScheme))
  })
  const [shownLanguage, changeLanguage] = useSavedChoice(language, next => {
    chooseLanguage(next)
    return save({ language: next }, () => chooseLanguage(language))
  })
  return (
    <section className={classes.section}>
      <h2>{t('account.appearance')}</h2>
      <div>
        <h3 id="theme-label">{t('account.theme')}</h3>
        <SegmentedControl
          aria-labelledby="theme-label"
          value={theme}
          onChange={value => changeTheme(value as (typeof schemes)[number])}
          data={schemes.map(value => ({ value, label: t(`account.theme-${value}`) }))}
        />
      </div>
      <NativeSelect
        label={t('account.language')}
        value={shownLanguage}
        onChange={event => changeLanguage(event.currentTarget.value as Language)}
        data={languages.map(value => ({ value, label: languageNames[value] }))}
      />
    </section>
  )
}

const browserZone = ''

function TimeZone({ user }: { user: Me }) {
  const t = useT()
  const save = usePreference(user)
  const [zones] = useState(() => Intl.supportedValuesOf('timeZone'))
  const here = new Intl.DateTimeFormat().resolvedOptions().timeZone
  const [chosen, choose] = useSavedChoice(user.preferences.timeZone ?? browserZone, timeZone => save({ timeZone }))
  return (
    <section className={classes.section}>
      <h2>{t('account.time')}</h2>
      <NativeSelect
        label={t('account.time-zone')}
        description={t('account.time-zone-hint')}
        value={chosen}
        onChange={event => choose(event.currentTarget.value)}
        data={[
          ...(chosen === browserZone ? [{ value: browserZone, label: t('account.time-zone-browser', { here }) }] : []),
          ...new Set([...zones, 'UTC', ...(chosen === browserZone ? [] : [chosen])]),
        ]}
      />
    </section>
  )
}

function Keyboard() {
  const t = useT()
  const isOff = useStored('shortcuts') === 'off'
  return (
    <section className={classes.section}>
      <h2>{t('account.keyboard')}</h2>
      <Switch
        label={t('account.shortcuts')}
        description={t('account.shortcuts-hint')}
        checked={!isOff}
        onChange={event => store('shortcuts', event.currentTarget.checked ? null : 'off')}
      />
    </section>
  )
}

export function AccountPage() {
  const t = useT()
  const user = useUser()
  const { getMe, updateMe, removeAvatar } = identity.operations
  const api = [
    { operation: getMe, input: {} },
    { operation: updateMe, input: { displayName: user.displayName, bio: user.bio, preferences: user.preferences } },
    { operation: removeAvatar, input: {} },
  ]
  return (
    <Page title={t('account.title')} api={api} isNarrow>
      <div className={classes.sections}>
        <PictureSection user={user} />
        <Profile user={user} />
        <EmailSection />
        <Appearance user={user} />
        <TimeZone user={user} />
        <Keyboard />
      </div>
    </Page>
  )
}
