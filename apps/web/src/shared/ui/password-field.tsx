/** A password input whose eye button has a name and is reachable by keyboard. */
import { PasswordInput, type PasswordInputProps } from '@mantine/core'
import { useState } from 'react'
import { useT } from '../i18n.tsx'

export function PasswordField(props: PasswordInputProps) {
  const t = useT()
  const [isVisible, setVisible] = useState(false)
  return (
    <PasswordInput
      {...props}
      visible={isVisible}
      onVisibilityChange={setVisible}
      visibilityToggleButtonProps={{
        'aria-label': t('identity.show-password'),
        'aria-pressed': isVisible,
        tabIndex: 0,
      }}
    />
  )
}
