/** What a visitor sees first: a box that works at once, before any account. */
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useLocale } from '../../shared/i18n.tsx'
import { headingId, useDocumentTitle } from '../../shared/ui/page.tsx'
import { Notice } from '../../shared/ui/states.tsx'
import classes from './home.module.css'

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
      <div className={classes.foot}>
        <a href="/docs">{t('front.docs')}</a>
      </div>
    </div>
  )
}
