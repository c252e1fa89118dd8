/** Text as HTML. */

/** Escapes text for an element or a quoted attribute. */
export function html(text: string): string {
  return text.replace(/[&<>"]/g, char => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char] ?? char)
}

/** Escapes text and turns backticks into `<code>`. */
export function htmlWithCode(text: string): string {
  return html(text).replace(/`([^`]+)`/g, '<code>$1</code>')
}
