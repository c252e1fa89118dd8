/** The front page for visitors and the home page for users, at one address. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { forFirst } from '../../shared/routing.ts'
import { useSession } from '../../shared/session.ts'
import { FrontPage } from './front-page.tsx'

const Home = lazyRouteComponent(() => import('./home-page.tsx'), 'HomePage')

function Index() {
  const { user } = useSession()
  // The box on the front page loads by itself; another chunk before it would only add a round trip.
  return user === null ? <FrontPage /> : <Home />
}

export const routes = [createRoute({ ...forFirst, path: '/', component: Index })] as const
