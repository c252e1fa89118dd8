/** Asks before unsaved input is lost. */
import { useBlocker } from '@tanstack/react-router'
import { useT } from '../../../shared/i18n.tsx'

export function useUnsavedGuard(isDirty: boolean): void {
  const t = useT()
  useBlocker({
    shouldBlockFn: ({ current, next }) => current.pathname !== next.pathname && !window.confirm(t('form.unsaved')),
    enableBeforeUnload: () => isDirty,
    disabled: !isDirty,
  })
}
