/** The create box on the front page, ready to type into. */
import { lazy, Suspense } from 'react'
import { SkeletonRows } from '../../../shared/ui/states.tsx'

const CreateBox = lazy(() => import('./create-box.tsx').then(({ CreateBox }) => ({ default: CreateBox })))

export function FrontBox() {
  return (
    <Suspense fallback={<SkeletonRows count={1} heightPx={56} />}>
      <CreateBox autoFocus />
    </Suspense>
  )
}
