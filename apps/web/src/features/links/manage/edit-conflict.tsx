/**
 * Two users changed the same link: shows both versions and lets the user choose, so that no change is overwritten
 * unseen.
 */
import { Button } from '@mantine/core'
import type { Link } from '@octet/contracts/links'
import { useT } from '../../../shared/i18n.tsx'
import { Notice } from '../../../shared/ui/states.tsx'
import { type Difference, differencesOf } from './edit-values.ts'
import classes from './link-page.module.css'
import type { LinkChange } from './update-link.ts'

export interface ConflictProps {
  readonly theirs: Link
  readonly change: LinkChange
  readonly onTheirs: () => void
  readonly onMine: () => void
}

const labels = {
  url: 'links.destination',
  title: 'links.title',
  expiresAt: 'links.expires-at',
  clicksMax: 'links.clicks-max',
  tags: 'links.tags',
  password: 'links.password',
} as const

function Row({ difference }: { difference: Difference }) {
  const t = useT()
  return (
    <tr>
      <th scope="row">{t(labels[difference.field])}</th>
      <td>{difference.theirs || t('links.conflict-none')}</td>
      <td>{difference.mine || t('links.conflict-none')}</td>
    </tr>
  )
}

export function Conflict({ theirs, change, onTheirs, onMine }: ConflictProps) {
  const t = useT()
  const differences = differencesOf(theirs, change)
  return (
    <div className={classes.conflict}>
      <Notice kind="warning">{t('links.conflict')}</Notice>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t('links.conflict-field')}</th>
            <th scope="col">{t('links.conflict-theirs')}</th>
            <th scope="col">{t('links.conflict-mine')}</th>
          </tr>
        </thead>
        <tbody>
          {differences.map(difference => (
            <Row key={difference.field} difference={difference} />
          ))}
        </tbody>
      </table>
      <div className={classes.formActions}>
        <Button onClick={onMine}>{t('links.conflict-keep-mine')}</Button>
        <Button variant="default" onClick={onTheirs}>
          {t('links.conflict-keep-theirs')}
        </Button>
      </div>
    </div>
  )
}
