/** What a visitor sees first: a box that works at once, before any account. */
import { links } from '@octet/contracts'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { curlOf } from '../../shared/curl.ts'
import { useDocumentTitle } from '../../shared/document-title.ts'
import { useLocale } from '../../shared/i18n.tsx'
import { CopyButton } from '../../shared/ui/copy-button.tsx'
import { headingId } from '../../shared/ui/page.tsx'
import { Notice } from '../../shared/ui/states.tsx'
import classes from './home.module.css'

/** The same thing from a shell, for those who would rather script it. */
function ShellCommand() {
  const { t, rich } = useLocale()
  const call = { operation: links.operations.createLink, input: { url: 'https://example.org/a/long/address' } }
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

export interface FrontPageProps {
  /** The create box of the links feature. */
  readonly box: ReactNode
  readonly isSetupNeeded: boolean
}

export function FrontPage({ box, isSetupNeeded }: FrontPageProps) {
  const { t, rich } = useLocale()
  useDocumentTitle(t('front.document'))
  const signUp = (text: ReactNode) => <Link to="/sign-up">{text}</Link>
  const signIn = (text: ReactNode) => <Link to="/sign-in">{text}</Link>
  return (
    <div className={classes.front}>
      {isSetupNeeded ? (
        <Notice kind="info" action={<Link to="/welcome">{t('front.setup-link')}</Link>}>
          {t('front.setup')}
        </Notice>
      ) : null}
      <h1 id={headingId} tabIndex={-1}>
        {t('front.title')}
      </h1>
      <p className={classes.lead}>{t('front.lead')}</p>
      {box}
      <p className="dimmed">{rich('front.account', {}, { up: signUp, in: signIn })}</p>
      <ShellCommand />
    </div>
  )
}
