/** A field for a new password with a rating of its strength. It allows pasting and password managers. */

import type { PasswordInputProps } from '@mantine/core'
import { useId } from 'react'
import { useT } from '../../../shared/i18n.tsx'
import { PasswordField } from '../../../shared/ui/password-field.tsx'
import { limits } from '../limits.ts'
import classes from './new-password-field.module.css'
import { passwordStrength } from './password-strength.ts'

const passwordLengthMin = 8

export function isLongEnough(password: string): boolean {
  return password.length >= passwordLengthMin
}

export interface NewPasswordFieldProps extends PasswordInputProps {
  readonly value: string
  /** Words that make a password easy to guess: the user's name and address. */
  readonly ownWords?: readonly string[]
}

export function NewPasswordField({ ownWords = [], ...props }: NewPasswordFieldProps) {
  const t = useT()
  const id = useId()
  const strength = passwordStrength(props.value, ownWords)
  return (
    <div className={classes.field}>
      <PasswordField
        description={t('identity.password-rule')}
        autoComplete="new-password"
        maxLength={limits.password.max}
        required
        withAsterisk={false}
        aria-describedby={id}
        {...props}
      />
      <div className={classes.strength} data-strength={props.value === '' ? 'none' : strength}>
        <span className={classes.bar} aria-hidden="true" />
        <output id={id}>{props.value === '' ? '' : t(`password.${strength}`)}</output>
      </div>
    </div>
  )
}
