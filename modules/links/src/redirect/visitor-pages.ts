/** The pages a visitor sees when a short link does not redirect. Self-contained: they load nothing. */
import { hash } from 'node:crypto'

/** Without `form-action`: it would also forbid the redirect that follows the right password. */
export const pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"

const style = `
  :root {
    color-scheme: light dark;
    --bg: #fff; --text: #212529; --dim: #495057; --line: #e9ecef; --error: #c92a2a;
  }
  @media (prefers-color-scheme: dark) {
    :root { --bg: #1a1b1e; --text: #e9ecef; --dim: #b8b8b8; --line: #343434; --error: #ff8787 }
  }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--bg); color: var(--text);
         font: 16px/1.5 ui-sans-serif, system-ui, sans-serif }
  main { max-width: 36rem; padding: 2rem; margin: 1rem; border: 1px solid var(--line); border-radius: 12px }
  h1 { font-size: 1.375rem; margin: 0 0 .5rem }
  p { margin: 0; color: var(--dim) }
  form { display: grid; gap: .5rem; margin-top: 1rem }
  label { font-size: .875rem }
  input, button {
    font: inherit; padding: .5rem .75rem; border-radius: 6px; border: 1px solid #868e96; min-height: 42px;
  }
  input { background: var(--bg); color: var(--text) }
  button { background: #3b5bdb; border-color: #3b5bdb; color: #fff; cursor: pointer }
  :focus-visible { outline: 2px solid #3b5bdb; outline-offset: 2px }
  [role=alert] { color: var(--error); margin-top: .75rem }`

/** Escapes text for elements and quoted attributes. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, character => `&#${character.charCodeAt(0)};`)
}

/** `title` and `text` are inserted unescaped: they are ours or escaped already. */
function page(title: string, text: string, more = '', head = ''): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
${head}<style>${style}</style>
</head>
<body><main><h1>${title}</h1><p>${text}</p>${more}</main></body>
</html>
`
}

export const missingPage = page(
  'This short link does not exist',
  'Check it for typos, or ask the person who gave it to you. Capital letters make no difference.',
)
export const gonePage = page(
  'This short link has expired',
  'Its owner set a date or a number of visits, and that has been reached. Ask them for a new one.',
)

const passwordForm = `<form method="post">
<label for="password">Password</label>
<input id="password" name="password" type="password" required maxlength="128" autofocus autocomplete="off">
<button>Open the link</button>
</form>`
const wrongPassword = '<p role="alert">That password does not fit. Check it and try again.</p>'

/** Asks for the password of a protected link. */
export function lockedPage(wasWrong: boolean): string {
  const text = 'Ask the person who gave you this link for the password.'
  return page('This short link is protected', text, (wasWrong ? wrongPassword : '') + passwordForm)
}

/** Gives the app a moment to open, then continues in the browser. The links work without the script. */
const appScript = `
const [app, web] = document.querySelectorAll('a')
const late = setTimeout(() => location.replace(web.href), 1500)
const stop = () => document.hidden && clearTimeout(late)
document.addEventListener('visibilitychange', stop)
location.href = app.href
`
export const appPagePolicy = `${pagePolicy}; script-src 'sha256-${hash('sha256', appScript, 'base64')}'`

/** Tries the app's address, then the web address. Both were checked when they were set. */
export function appPage(appUrl: string, location: string): string {
  const links = `<p><a href="${escapeHtml(appUrl)}" rel="nofollow">Open in the app</a> ·
<a href="${escapeHtml(location)}" rel="nofollow">Go on in the browser</a></p><script>${appScript}</script>`
  return page('Opening the app', 'If nothing happens, choose how to go on.', links)
}

export interface Card {
  readonly title: string
  readonly description: string | undefined
  readonly imageUrl: string | undefined
  readonly shortUrl: string
  /** Absent where the card must not reveal it. */
  readonly location: string | undefined
}

/** The card a chat shows for a link (Open Graph protocol, ogp.me); all values are escaped. */
export function cardPage({ title, description, imageUrl, shortUrl, location }: Card): string {
  const tag = (property: string, content: string) => `<meta property="${property}" content="${escapeHtml(content)}">\n`
  const head = [
    tag('og:type', 'website'),
    tag('og:title', title),
    tag('og:url', shortUrl),
    description === undefined ? '' : tag('og:description', description) + tag('description', description),
    imageUrl === undefined ? '' : tag('og:image', imageUrl),
    `<meta name="twitter:card" content="${imageUrl === undefined ? 'summary' : 'summary_large_image'}">\n`,
  ].join('')
  const more = location === undefined ? '' : `<p><a href="${escapeHtml(location)}" rel="nofollow">Go on</a></p>`
  return page(escapeHtml(title), escapeHtml(description ?? ''), more, head)
}
