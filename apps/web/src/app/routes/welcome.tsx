import { useNavigate } from '@tanstack/react-router'
import { WelcomePage } from '../../features/identity/welcome-page.tsx'

export function WelcomeRoute() {
  const navigate = useNavigate()
  return <WelcomePage onDone={() => void navigate({ to: '/' })} />
}
