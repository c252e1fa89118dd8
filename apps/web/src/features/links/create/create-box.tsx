/** The create form with its latest result below it. */
import type { Link } from '@octet/contracts/links'
import { useState } from 'react'
import { CreateForm } from './create-form.tsx'
import { CreatedLink } from './created-link.tsx'

export function CreateBox({ autoFocus }: { autoFocus?: boolean }) {
  const [created, setCreated] = useState<Link | null>(null)
  return (
    <div>
      <CreateForm onCreated={setCreated} autoFocus={autoFocus ?? false} />
      {created === null ? null : <CreatedLink link={created} />}
    </div>
  )
}
