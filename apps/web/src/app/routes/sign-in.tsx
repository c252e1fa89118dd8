import { getRouteApi, useRouter } from '@tanstack/react-router'
import { SignInPage } from '../../features/identity/sign-in/sign-in-page.tsx'
import { safePath } from '../../shared/return-path.ts'

const route = getRouteApi('/sign-in')

export function SignInRoute() {
  const { next, problem } = route.useSearch()
  const router = useRouter()
  return (
    <SignInPage next={next} refusal={problem} onDone={returnTo => router.history.push(safePath(returnTo ?? next))} />
  )
}
