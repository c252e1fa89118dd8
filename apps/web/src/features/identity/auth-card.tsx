/** The frame of sign-in, sign-up and set-up: one column, one heading, one form. */
import type { ReactNode } from 'react'
import { useDocumentTitle } from '../../shared/document-title.ts'
import { headingId } from '../../shared/ui/page.tsx'
import classes from './auth-card.module.css'

export interface AuthCardProps {
  readonly title: string
  readonly lead?: ReactNode
  readonly foot?: ReactNode
  readonly isWide?: boolean
  readonly children: ReactNode
}

export function AuthCard({ title, lead, foot, isWide, children }: AuthCardProps) {
  useDocumentTitle(title)
  return (
    <div className={`${classes.frame} ${isWide ? classes.wide : ''}`}>
      <div className={classes.card}>
        <header>
          <h1 id={headingId} tabIndex={-1}>
            {title}
          </h1>
          {lead === undefined ? null : <p className={classes.lead}>{lead}</p>}
        </header>
        {children}
        {foot === undefined ? null : <p className={classes.foot}>{foot}</p>}
      </div>
    </div>
  )
}

export const authFormClass = classes.form
