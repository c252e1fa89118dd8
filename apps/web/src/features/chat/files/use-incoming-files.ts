/** Files that the user pastes or drops anywhere in the room of the composer. */
import { type ClipboardEvent, type RefObject, useEffect, useRef, useState } from 'react'

const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') ?? false

/** Folders look like files until they are read. */
function filesOf(transfer: DataTransfer): File[] {
  return [...transfer.items].flatMap(item => {
    const isFile = item.kind === 'file' && item.webkitGetAsEntry()?.isDirectory !== true
    return (isFile ? item.getAsFile() : null) ?? []
  })
}

/**
 * `isOver`: the user drags files over the room. The surroundings of `field` accept them; elsewhere the browser must not
 * open them.
 */
export function useIncomingFiles(field: RefObject<HTMLElement | null>, onFiles: ((files: File[]) => void) | undefined) {
  const [isOver, setOver] = useState(false)
  const latest = useRef(onFiles)
  latest.current = onFiles
  const canTake = onFiles !== undefined
  useEffect(() => {
    if (!canTake) return
    const isHere = ({ target }: DragEvent) =>
      target instanceof Node && field.current?.parentElement?.contains(target) === true
    const over = (event: DragEvent) => {
      if (!hasFiles(event)) return
      event.preventDefault()
      if (isHere(event) && event.dataTransfer !== null) event.dataTransfer.dropEffect = 'copy'
      setOver(isHere(event))
    }
    const leave = ({ relatedTarget }: DragEvent) => relatedTarget === null && setOver(false)
    const drop = (event: DragEvent) => {
      if (!hasFiles(event)) return
      event.preventDefault()
      setOver(false)
      if (isHere(event) && event.dataTransfer !== null) latest.current?.(filesOf(event.dataTransfer))
    }
    addEventListener('dragover', over)
    addEventListener('dragleave', leave)
    addEventListener('drop', drop)
    return () => {
      removeEventListener('dragover', over)
      removeEventListener('dragleave', leave)
      removeEventListener('drop', drop)
    }
  }, [canTake, field])
  return {
    isOver,
    onPaste(event: ClipboardEvent): void {
      const { clipboardData } = event
      // A table from a spreadsheet comes as text and as a picture of it: the user means the text.
      if (onFiles === undefined || clipboardData.types.includes('text/plain')) return
      const files = filesOf(clipboardData)
      if (files.length === 0) return
      event.preventDefault()
      onFiles(files)
    },
  }
}
