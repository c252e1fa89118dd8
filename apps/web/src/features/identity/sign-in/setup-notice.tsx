/** Tells visitors of a new installation that it has no administrator yet. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useT } from '../../../shared/i18n.tsx'
import { Notice } from '../../../shared/ui/states.tsx'
import { setupQuery } from './get-setup.ts'

export function SetupNotice() {
  const t = useT()
  const setup = useQuery(setupQuery)
  if (!setup.data?.needed) return null
  return (
    <Notice kind="info" action={<Link to="/welcome">{t('front.setup-link')}</Link>}>
      {t('front.setup')}
    </Notice>
  )
}
