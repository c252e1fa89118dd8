// Sets colour scheme and language before the first paint, so that neither flashes. It is a file of its own because the
// content security policy allows no inline script. The keys are those of src/shared/preferences.ts.
try {
  const root = document.documentElement
  const chosen = localStorage.getItem('octet.theme')
  const isDark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  root.setAttribute('data-mantine-color-scheme', isDark ? 'dark' : 'light')
  const language = localStorage.getItem('octet.language') || navigator.language.slice(0, 2)
  root.lang = language === 'de' ? 'de' : 'en'
} catch {
  // Storage may be forbidden; the light scheme of index.html then stays until the client has started.
}
