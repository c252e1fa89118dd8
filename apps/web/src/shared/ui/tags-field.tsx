/** Labels typed one after the other; Enter or a comma ends one, Backspace takes the last one back. */
import { TagsInput, type TagsInputProps } from '@mantine/core'

export function TagsField(props: TagsInputProps) {
  return <TagsInput {...props} splitChars={[',']} acceptValueOnBlur />
}
