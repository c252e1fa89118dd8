/** A switch whose state the server stores. It shows the new state right after the click. */
import { Switch, type SwitchProps } from '@mantine/core'
import { useSavedChoice } from '../saved-choice.ts'

export interface SavedSwitchProps extends Omit<SwitchProps, 'checked' | 'onChange'> {
  readonly isOn: boolean
  /** Saves the new state and reports its own errors. */
  readonly save: (isOn: boolean) => Promise<unknown>
}

export function SavedSwitch({ isOn, save, ...props }: SavedSwitchProps) {
  const [shown, choose] = useSavedChoice(isOn, save)
  return <Switch {...props} checked={shown} onChange={event => choose(event.currentTarget.checked)} />
}
