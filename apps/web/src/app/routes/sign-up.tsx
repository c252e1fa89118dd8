import { getRouteApi, useRouter } from '@tanstack/react-router'
import { SignUpPage } from '../../features/identity/sign-in/sign-up-page.tsx'
import { safePath } from '../../shared/return-path.ts'

const route = getRouteApi('/sign-up')

export function SignUpRoute() {
  const { next } = route.useSearch()
  const router = useRouter()
  return <SignUpPage next={next} onDone={() => router.history.push(safePath(next))} />
}
