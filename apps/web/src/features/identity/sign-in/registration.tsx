/** The fields of a new account, shared by sign-up and first start, and their errors. */

import { TextInput } from '@mantine/core'
import { Problem } from '@octet/contracts'
import type { FormErrors, useForm } from '../../../shared/form.ts'
import { type Translate, useT } from '../../../shared/i18n.tsx'
import { fits } from '../../../shared/limits.ts'
import { limits } from '../limits.ts'
import { isLongEnough, NewPasswordField } from './new-password-field.tsx'

export interface Registration {
  readonly username: string
  readonly email: string
  readonly password: string
}

export const emptyRegistration: Registration = { username: '', email: '', password: '' }

export function isEmail(text: string): boolean {
  return fits(text, limits.email)
}

export function registrationErrors(values: Registration, t: Translate): FormErrors<Registration> {
  return {
    username: fits(values.username, limits.username) ? undefined : t('identity.username-rule'),
    email: isEmail(values.email) ? undefined : t('identity.email-rule'),
    password: isLongEnough(values.password) ? undefined : t('identity.password-rule'),
  }
}

/** A taken or reserved name is an error of the name field. */
export function blameForRegistration(error: unknown): 'username' | undefined {
  return error instanceof Problem && error.code.startsWith('identity.username-') ? 'username' : undefined
}

type TextProps = ReturnType<typeof useForm<Registration>>['text']

export function RegistrationFields({ text, autoFocus }: { text: TextProps; autoFocus?: boolean }) {
  const t = useT()
  return (
    <>
      <TextInput
        {...text('username')}
        label={t('identity.username')}
        description={t('identity.username-rule')}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={limits.username.max}
        required
        withAsterisk={false}
        autoFocus={autoFocus ?? false}
      />
      <TextInput
        {...text('email')}
        label={t('identity.email')}
        type="email"
        autoComplete="email"
        maxLength={limits.email.max}
        required
        withAsterisk={false}
      />
      <NewPasswordField {...text('password')} label={t('identity.password')} ownWords={[text('username').value]} />
    </>
  )
}
