/** Everything around the pages: theme, cache, session, language and routes. */
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { leave } from '../features/identity/enter.ts'
import { SessionProvider } from '../features/identity/session-provider.tsx'
import { LocaleProvider } from '../shared/i18n.tsx'
import { createQueryClient } from '../shared/query.ts'
import { theme } from '../shared/theme.ts'
import { makeRouter } from './router.tsx'

/** The session ended elsewhere: the shell sends the user to sign in, and back afterwards. */
const queryClient = createQueryClient(() => leave(queryClient))
const router = makeRouter(queryClient)

/** The same key as in `public/before-paint.js`. */
const colorSchemeManager = localStorageColorSchemeManager({ key: 'octet.theme' })

export function App() {
  return (
    <StrictMode>
      <MantineProvider
        theme={theme}
        defaultColorScheme="auto"
        colorSchemeManager={colorSchemeManager}
        // The variables come from a stylesheet that is generated at build time; see build/theme-css.ts.
        withCssVariables={false}
        withGlobalClasses={false}
      >
        <QueryClientProvider client={queryClient}>
          <SessionProvider>
            <LocaleProvider>
              <RouterProvider router={router} />
            </LocaleProvider>
          </SessionProvider>
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>
  )
}
