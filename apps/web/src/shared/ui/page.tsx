/** The frame of every page: title, breadcrumbs, its actions, and the API calls behind it. */
import type { ApiCall } from '@octet/contracts'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useDocumentTitle } from '../document-title.ts'
import { useT } from '../i18n.tsx'
import { ApiMenu } from './api-menu.tsx'
import classes from './page.module.css'

export interface PageProps {
  readonly title: string
  /** Shown beside the title, such as a badge. */
  readonly titleAside?: ReactNode
  readonly lead?: ReactNode
  /** The ancestors of the page, outermost first, without the page itself. */
  readonly crumbs?: readonly { readonly label: string; readonly to: string }[]
  readonly actions?: ReactNode
  readonly api?: readonly ApiCall[]
  /** For forms: 640 px of content. */
  readonly isNarrow?: boolean
  readonly children: ReactNode
}

/** The heading takes the focus when the page changes; see `app/focus-heading.ts`. */
export const headingId = 'page-title'

function Crumbs({ crumbs }: Required<Pick<PageProps, 'crumbs'>>) {
  const t = useT()
  return (
    <nav className={classes.crumbs} aria-label={t('shell.breadcrumb')}>
      {crumbs.map(crumb => (
        <span key={crumb.to}>
          <Link to={crumb.to}>{crumb.label}</Link> <span aria-hidden="true">/</span>
        </span>
      ))}
    </nav>
  )
}

export function Page({ title, titleAside, lead, crumbs, actions, api, isNarrow, children }: PageProps) {
  useDocumentTitle(title)
  const hasActions = actions !== undefined || api !== undefined
  return (
    <div className={classes.page}>
      <header className={`${classes.header} ${isNarrow ? classes.narrow : ''}`}>
        <div className={classes.titles}>
          {crumbs === undefined ? null : <Crumbs crumbs={crumbs} />}
          <h1 id={headingId} tabIndex={-1}>
            {title}
          </h1>
          {titleAside}
          {lead === undefined ? null : <p className={classes.lead}>{lead}</p>}
        </div>
        {hasActions ? (
          <div className={classes.actions}>
            {actions}
            {api === undefined ? null : <ApiMenu calls={api} />}
          </div>
        ) : null}
      </header>
      {isNarrow ? <div className={classes.narrow}>{children}</div> : children}
    </div>
  )
}
