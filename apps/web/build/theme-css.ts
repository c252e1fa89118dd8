/**
 * Vite plugin: writes the theme's CSS variables into a stylesheet at build time.
 *
 * Mantine would otherwise insert them as a `<style>` element at run time, which the policy `style-src 'self'` blocks.
 */
import { convertCssVariables, DEFAULT_THEME, defaultCssVariablesResolver, mergeMantineTheme } from '@mantine/core'
import type { Plugin } from 'vite'
import { theme } from '../src/shared/theme.ts'
import { tokens } from '../src/shared/tokens.ts'

const id = 'virtual:theme.css'
const resolvedId = `\0${id}`

/** The variables of the theme as CSS. Octet's own tokens come last, so that they win. */
function themeCss(): string {
  const defaults = defaultCssVariablesResolver(mergeMantineTheme(DEFAULT_THEME, theme))
  return convertCssVariables({
    variables: { ...defaults.variables, ...tokens.variables },
    light: { ...defaults.light, ...tokens.light },
    dark: { ...defaults.dark, ...tokens.dark },
  })
}

export function themeCssPlugin(): Plugin {
  return {
    name: 'octet-theme-css',
    resolveId: source => (source === id ? resolvedId : undefined),
    load: source => (source === resolvedId ? themeCss() : undefined),
  }
}
