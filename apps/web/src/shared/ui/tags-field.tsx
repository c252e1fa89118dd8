/** Labels typed one after the other; Enter or a comma ends one, Backspace removes the last one. */
import { TagsInput, type TagsInputProps } from '@mantine/core'

/** Phone keyboards do not report which key was pressed, so a comma may still be in the text. */
function separate(texts: readonly string[]): string[] {
  const tags = texts.flatMap(text => text.split(',')).map(tag => tag.trim())
  return [...new Set(tags.filter(tag => tag !== ''))]
}

export function TagsField({ onChange, ...props }: TagsInputProps) {
  return <TagsInput {...props} onChange={texts => onChange?.(separate(texts))} splitChars={[',']} acceptValueOnBlur />
}
