/** What a visitor sees when a short link leads nowhere. Self-contained: no script, no request to anyone. */

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

function page(title: string, text: string, more = ''): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${style}</style>
</head>
<body><main><h1>${title}</h1><p>${text}</p>${more}</main></body>
</html>
`
}

export const missingPage = page(
  'This short link does not exist',
  'Check it for typing mistakes, or ask whoever gave it to you. Capital letters make no difference.',
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
  const text = 'Whoever gave you this link can tell you the password.'
  return page('This short link is protected', text, (wasWrong ? wrongPassword : '') + passwordForm)
}
