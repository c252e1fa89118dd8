/** Delays an action and offers to undo it meanwhile. */
import { deferred } from './deferred.ts'
import { type Translate, useT } from './i18n.tsx'
import { dismissToast, showToast } from './toasts.ts'
import { problemLine } from './ui/problem-text.ts'

export interface Undoable {
  readonly id: string
  /** The ids that lists hide meanwhile, if there are more than the one above. */
  readonly hides?: readonly string[]
  readonly message: (t: Translate) => string
  readonly run: (isLeaving: boolean) => Promise<unknown>
}

export function useOfferUndo(): (undoable: Undoable) => void {
  const t = useT()
  return function offer(undoable: Undoable): void {
    const { id, run, hides = [id] } = undoable
    const toastId = showToast({
      kind: 'done',
      message: undoable.message(t),
      action: { label: t('action.undo'), run: () => deferred.undo(id) },
      // The deferred action removes its offer itself.
      durationMs: 0,
      onHold: isHeld => deferred.hold(id, isHeld),
    })
    deferred.schedule({
      id,
      hides,
      run,
      onSettled: () => dismissToast(toastId),
      onFailed: error =>
        showToast({
          kind: 'failed',
          message: problemLine(error, t),
          action: { label: t('action.retry'), run: () => offer(undoable) },
        }),
    })
  }
}
