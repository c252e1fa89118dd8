/** Does something a little later and offers to take it back meanwhile. */
import { deferred } from './deferred.ts'
import { type Translate, useT } from './i18n.tsx'
import { dismissToast, showToast } from './toasts.ts'
import { problemLine } from './ui/problem-text.ts'

export interface Undoable {
  readonly id: string
  /** What lists leave out meanwhile, where that is more than the id. */
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
      // The waiting action takes its offer away itself.
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
