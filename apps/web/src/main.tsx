/** Starts the client once the messages of the user's language have loaded, so that no other language flashes. */
import { createRoot } from 'react-dom/client'
import { App } from './app/app.tsx'
import { apps } from './app/apps.ts'
import './app/styles.ts'
import { loadLanguage, preferredLanguage, provideMessages } from './shared/i18n.tsx'

const container = document.getElementById('root')
if (container === null) throw new Error('index.html has no element "root"')

provideMessages(apps.map(app => app.messages))

const start = () => createRoot(container).render(<App />)
// Not `await`: the bundler would then keep every module that a lazy page shares out of this chunk.
loadLanguage(preferredLanguage()).then(start, start)
