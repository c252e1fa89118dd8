import { useQuery } from '@tanstack/react-query'
import { FrontPage } from '../../features/home/front-page.tsx'
import { setupQuery } from '../../features/identity/get-setup.ts'
import { CreateBox } from '../../features/links/create-box.tsx'

export function FrontRoute() {
  const setup = useQuery(setupQuery)
  return <FrontPage box={<CreateBox autoFocus />} isSetupNeeded={setup.data?.needed ?? false} />
}
