/** Searches for words in the room, or goes to a date. */

import { TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { fromZonedInput } from '../../../shared/format.ts'
import { useLocale, useT } from '../../../shared/i18n.tsx'
import { MoreButton } from '../../../shared/ui/more-button.tsx'
import { FailedState, SkeletonRows, StateBox } from '../../../shared/ui/states.tsx'
import { limits } from '../limits.ts'
import { PanelFrame } from '../rooms/panel-frame.tsx'
import classes from '../rooms/room.module.css'
import { useOpenRoom } from '../rooms/room-context.ts'
import { personName } from '../rooms/room-name.ts'
import { useRoomView } from '../streams/use-live.ts'
import { FoundMessage } from './found-message.tsx'
import { searchQuery, wordsOf } from './search-messages.ts'

const typingMs = 300
const ownResultsMax = 50

function Results({ q }: { q: string }) {
  const t = useT()
  const { room, onJump } = useOpenRoom()
  const query = useInfiniteQuery(searchQuery(room.id, q))
  if (q === '') return null
  if (query.isPending) return <SkeletonRows count={4} heightPx={72} />
  if (query.data === undefined) return <FailedState error={query.error} onRetry={() => void query.refetch()} />
  const found = query.data.pages.flatMap(page => page.data)
  if (found.length === 0) return <StateBox title={t('chat.search-none')} text={t('chat.search-none-hint')} />
  return (
    <>
      <ul className={classes.found} aria-label={t('palette.results')}>
        {found.map(({ message, author }) => (
          <li key={message.id}>
            <FoundMessage
              message={message}
              author={personName(author ?? undefined, t)}
              marked={wordsOf(q)}
              onOpen={() => onJump(message.seq)}
            />
          </li>
        ))}
      </ul>
      <MoreButton query={query} />
    </>
  )
}

/** The server cannot read these rooms, so this browser searches the messages that it has decrypted. */
function OwnResults({ q }: { q: string }) {
  const t = useT()
  const { store, nameOf, onJump } = useOpenRoom()
  const { log } = useRoomView(store)
  const words = wordsOf(q).map(word => word.toLowerCase())
  const says = (body: string) => words.length > 0 && words.every(word => body.toLowerCase().includes(word))
  const found = [...log.byId.values()].filter(({ body }) => says(body)).toSorted((a, b) => b.seq - a.seq)
  return (
    <>
      <p className="dimmed">{t('chat.search-sealed')}</p>
      <ul className={classes.found} aria-label={t('palette.results')}>
        {found.slice(0, ownResultsMax).map(message => (
          <li key={message.id}>
            <FoundMessage
              message={message}
              author={nameOf(message.authorId)}
              marked={wordsOf(q)}
              onOpen={() => onJump(message.seq)}
            />
          </li>
        ))}
      </ul>
    </>
  )
}

export function SearchPanel({ onClose, onDate }: { onClose: () => void; onDate: (time: string) => void }) {
  const t = useT()
  const { timeZone } = useLocale()
  const { room } = useOpenRoom()
  const [typed, setTyped] = useState('')
  const [q, setQ] = useState('')
  const search = useDebouncedCallback((text: string) => setQ(text.trim()), typingMs)
  return (
    <PanelFrame title={t('chat.search')} onClose={onClose}>
      <TextInput
        autoFocus
        type="search"
        leftSection={<IconSearch size={16} stroke={1.75} />}
        aria-label={t('chat.search-words')}
        placeholder={t('chat.search-words')}
        maxLength={limits.search.max}
        value={typed}
        onChange={event => {
          setTyped(event.currentTarget.value)
          search(event.currentTarget.value)
        }}
      />
      <TextInput
        type="date"
        label={t('chat.go-to-date')}
        onChange={event => {
          const time = fromZonedInput(`${event.currentTarget.value}T00:00`, timeZone)
          if (time !== null) onDate(time)
        }}
      />
      {room.isEncrypted ? <OwnResults q={q} /> : <Results q={q} />}
    </PanelFrame>
  )
}
