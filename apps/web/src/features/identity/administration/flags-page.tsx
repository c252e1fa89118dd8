/** Turns features off, on, or on for a share of the accounts, while Octet runs. */
import { NativeSelect } from '@mantine/core'
import { type FlagState, identity } from '@octet/contracts/identity'
import { useQuery } from '@tanstack/react-query'
import { type Translate, useLocale, useT } from '../../../shared/i18n.tsx'
import { useSavedChoice } from '../../../shared/saved-choice.ts'
import { useSession } from '../../../shared/session.ts'
import { showToast } from '../../../shared/toasts.ts'
import { Page } from '../../../shared/ui/page.tsx'
import { problemLine } from '../../../shared/ui/problem-text.ts'
import { FailedState, ForbiddenState, SkeletonRows } from '../../../shared/ui/states.tsx'
import { When } from '../../../shared/ui/when.tsx'
import classes from '../account.module.css'
import { flagsQuery, useSetFlag } from './flags.ts'

const shares = [0, 1, 5, 10, 25, 50, 100]

/** The default, the usual shares, and the present one where it is another. */
function choicesOf({ sharePercent, isOnByDefault }: FlagState, t: Translate) {
  const known = sharePercent === null ? shares : [...new Set([...shares, sharePercent])].sort((a, b) => a - b)
  const byDefault = { value: 'default', label: t(isOnByDefault ? 'flags.default-on' : 'flags.default-off') }
  return [byDefault, ...known.map(share => ({ value: String(share), label: shareText(share, t) }))]
}

function shareText(share: number, t: Translate): string {
  if (share === 0) return t('flags.off')
  return share === 100 ? t('flags.on') : t('flags.share', { share })
}

function FlagRow({ flag }: { flag: FlagState }) {
  const t = useT()
  const { language } = useLocale()
  const setFlag = useSetFlag()
  const saved = flag.sharePercent === null ? 'default' : String(flag.sharePercent)
  const [shown, choose] = useSavedChoice(saved, async value => {
    const sharePercent = value === 'default' ? null : Number(value)
    try {
      await setFlag.mutateAsync({ name: flag.name, sharePercent })
      showToast({ kind: 'done', message: t('flags.saved', { flag: flag.name }) })
    } catch (error) {
      showToast({ kind: 'failed', message: problemLine(error, t) })
    }
  })
  return (
    <li className={classes.item}>
      <div className={classes.itemText}>
        <strong>{flag.about[language]}</strong>
        <div className={classes.meta}>
          <code>{flag.name}</code>
          {flag.changedAt === null ? null : (
            <>
              {' '}
              · {t('flags.changed')} <When time={flag.changedAt} />
            </>
          )}
        </div>
      </div>
      <NativeSelect
        aria-label={t('flags.state-of', { flag: flag.name })}
        data={choicesOf(flag, t)}
        value={shown}
        onChange={event => choose(event.currentTarget.value)}
      />
    </li>
  )
}

function FlagList() {
  const t = useT()
  const query = useQuery(flagsQuery)
  if (query.isPending) return <SkeletonRows count={4} heightPx={64} />
  if (query.isError) return <FailedState error={query.error} onRetry={() => void query.refetch()} />
  return (
    <ul className={classes.list} aria-label={t('flags.title')}>
      {query.data.flags.map(flag => (
        <FlagRow key={flag.name} flag={flag} />
      ))}
    </ul>
  )
}

export function FlagsPage() {
  const t = useT()
  const { can } = useSession()
  if (!can('operations:write')) {
    return (
      <Page title={t('flags.title')} isNarrow>
        <ForbiddenState />
      </Page>
    )
  }
  const { listFlags, setFlag } = identity.operations
  const api = [
    { operation: listFlags, input: {} },
    { operation: setFlag, input: { name: 'links.fetch-titles', sharePercent: 0 } },
  ]
  return (
    <Page title={t('flags.title')} lead={t('flags.lead')} api={api} isNarrow>
      <FlagList />
    </Page>
  )
}
