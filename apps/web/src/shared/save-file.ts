/** Hands a text that was made on the page to the browser as a file. */
export function saveFile({ name, text, type }: { name: string; text: string; type: string }): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser has taken the content when the click returns.
  URL.revokeObjectURL(url)
}
