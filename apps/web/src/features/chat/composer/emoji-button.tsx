/** A button that opens the emoji picker. */
import { ActionIcon, Popover } from '@mantine/core'
import { IconMoodPlus } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'

const EmojiPicker = lazy(() => import('./emoji-picker.tsx'))

export function EmojiButton({ label, onPick }: { label: string; onPick: (emoji: string) => void }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <Popover opened={isOpen} onChange={setOpen} position="top-end" trapFocus returnFocus withinPortal>
      <Popover.Target>
        <ActionIcon aria-label={label} title={label} onClick={() => setOpen(!isOpen)}>
          <IconMoodPlus size={18} stroke={1.75} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        {isOpen ? (
          <Suspense>
            <EmojiPicker
              onPick={emoji => {
                setOpen(false)
                onPick(emoji)
              }}
            />
          </Suspense>
        ) : null}
      </Popover.Dropdown>
    </Popover>
  )
}
