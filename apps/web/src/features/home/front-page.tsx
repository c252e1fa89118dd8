/** The first page of a visitor: the box of the first system that offers something without an account. */
import { type ApiCall, curlOf } from '@octet/contracts'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useDocumentTitle } from '../../shared/document-title.ts'
import { useLocale } from '../../shared/i18n.tsx'
import { useShell } from '../../shared/shell.ts'
import { CopyButton } from '../../shared/ui/copy-button.tsx'
import { headingId } from '../../shared/ui/page.tsx'
import classes from './home.module.css'

/** The same action as a shell command, for people who prefer scripts. */
function ShellCommand({ call }: { call: ApiCall }) {
  const { t, rich } = useLocale()
  const command = curlOf(call, window.location.origin)
  return (
    <section className={classes.shell} aria-labelledby="front-shell">
      <div className={classes.shellHead}>
        <h2 id="front-shell">{t('front.shell')}</h2>
        <CopyButton text={command} label={t('api.copy', { what: t('front.shell') })} />
      </div>
      <pre className={classes.command}>{command}</pre>
      <p className="dimmed">{rich('front.docs', {}, { docs: text => <a href="/docs">{text}</a> })}</p>
    </section>
  )
}

export function FrontPage() {
  const { t, rich } = useLocale()
  const { apps } = useShell()
  const front = apps.find(app => app.front !== undefined)?.front
  useDocumentTitle(t('front.document'))
  const signUp = (text: ReactNode) => <Link to="/sign-up">{text}</Link>
  const signIn = (text: ReactNode) => <Link to="/sign-in">{text}</Link>
  return (
    <div className={classes.front}>
      {apps.map(({ id, FrontNotice }) => (FrontNotice === undefined ? null : <FrontNotice key={id} />))}
      <h1 id={headingId} tabIndex={-1}>
        {t('front.title')}
      </h1>
      <p className={classes.lead}>{t('front.lead')}</p>
      {front === undefined ? null : <front.Box />}
      <p className="dimmed">{rich('front.account', {}, { up: signUp, in: signIn })}</p>
      {front === undefined ? null : <ShellCommand call={front.call} />}
    </div>
  )
}
