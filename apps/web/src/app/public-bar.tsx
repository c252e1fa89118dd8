/** The top bar for visitors. */
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useT } from '../shared/i18n.tsx'
import { Logo } from './logo.tsx'
import classes from './shell.module.css'

export function PublicBar() {
  const t = useT()
  return (
    <header className={classes.bar}>
      <Link to="/" className={classes.brand}>
        <Logo size={24} /> Octet
      </Link>
      <nav className={classes.barEnd} aria-label={t('shell.account')}>
        <Button component={Link} to="/sign-in" variant="subtle">
          {t('identity.sign-in')}
        </Button>
        <Button component={Link} to="/sign-up" variant="default">
          {t('identity.sign-up')}
        </Button>
      </nav>
    </header>
  )
}
