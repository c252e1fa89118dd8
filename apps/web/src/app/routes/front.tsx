import { useQuery } from '@tanstack/react-query'
import { FrontPage } from '../../features/home/front-page.tsx'
import { setupQuery } from '../../features/identity/sign-in/get-setup.ts'
import { CreateBox } from '../../features/links/create/create-box.tsx'

export function FrontRoute() {
  const setup = useQuery(setupQuery)
  return <FrontPage box={<CreateBox autoFocus />} isSetupNeeded={setup.data?.needed ?? false} />
}
