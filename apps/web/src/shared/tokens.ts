/**
 * Octet's colour tokens as CSS variables, for light and dark. Contrast was measured against background and surface:
 * text and status colours have at least 4.5:1, control borders at least 3:1. Mantine's own palette fails both, so its
 * variables are set here too.
 */

export type AppAccent = 'indigo' | 'teal' | 'orange' | 'pink' | 'violet' | 'cyan' | 'green' | 'slate'

/** `[light, dark]` of each app's accent. */
const accents: Readonly<Record<AppAccent, readonly [light: string, dark: string]>> = {
  indigo: ['#3b5bdb', '#91a7ff'],
  teal: ['#087f5b', '#63e6be'],
  orange: ['#c2410c', '#ffa94d'],
  pink: ['#a61e4d', '#f783ac'],
  violet: ['#6741d9', '#b197fc'],
  cyan: ['#0b7285', '#66d9e8'],
  green: ['#2b6f3a', '#8ce99a'],
  slate: ['#495057', '#ced4da'],
}

interface Scheme {
  readonly bg: string
  readonly surface: string
  readonly raised: string
  readonly text: string
  readonly dimmed: string
  readonly placeholder: string
  readonly controlBorder: string
  readonly hairline: string
  readonly hover: string
  readonly primary: string
  readonly primaryHover: string
  readonly error: string
  readonly warning: string
  readonly success: string
  readonly info: string
}

const light: Scheme = {
  bg: '#ffffff',
  surface: '#f8f9fa',
  raised: '#ffffff',
  text: '#212529',
  dimmed: '#495057',
  placeholder: '#646c74',
  controlBorder: '#868e96',
  hairline: '#e9ecef',
  hover: '#f1f3f5',
  primary: '#3b5bdb',
  primaryHover: '#364fc7',
  error: '#c92a2a',
  warning: '#a83a00',
  success: '#237032',
  info: '#1864ab',
}

const dark: Scheme = {
  bg: '#1a1b1e',
  surface: '#242424',
  raised: '#2e2e2e',
  text: '#e9ecef',
  dimmed: '#b8b8b8',
  placeholder: '#9a9a9a',
  controlBorder: '#7a7a7a',
  hairline: '#343434',
  hover: '#2b2c30',
  primary: '#748ffc',
  primaryHover: '#91a7ff',
  error: '#ff8787',
  warning: '#ffa94d',
  success: '#69db7c',
  info: '#74c0fc',
}

const kebab = (name: string) => name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)

function variablesOf(scheme: Scheme, accentIndex: 0 | 1): Record<string, string> {
  const own = Object.entries(scheme).map(([name, value]) => [`--octet-${kebab(name)}`, value])
  const accentEntries = Object.entries(accents).map(([name, pair]) => [`--octet-accent-${name}`, pair[accentIndex]])
  return {
    ...Object.fromEntries(own),
    ...Object.fromEntries(accentEntries),
    '--mantine-color-body': scheme.bg,
    '--mantine-color-text': scheme.text,
    '--mantine-color-bright': scheme.text,
    '--mantine-color-dimmed': scheme.dimmed,
    '--mantine-color-placeholder': scheme.placeholder,
    '--mantine-color-error': scheme.error,
    '--mantine-color-success': scheme.success,
    '--mantine-primary-color-filled-hover': scheme.primaryHover,
    '--mantine-color-primary-filled-hover': scheme.primaryHover,
    // White text on it must be readable in both schemes.
    '--mantine-color-red-filled': light.error,
    '--mantine-color-red-filled-hover': '#b02525',
    '--mantine-color-red-light-color': scheme.error,
    '--mantine-color-red-6': scheme.error,
    '--mantine-color-anchor': scheme.primary,
    '--mantine-color-default': scheme.bg,
    '--mantine-color-default-color': scheme.text,
    '--mantine-color-default-hover': scheme.hover,
    '--mantine-color-default-border': scheme.controlBorder,
  }
}

/** Variables for `convertCssVariables`: those of both schemes, then of each. */
export const tokens = {
  variables: {
    '--octet-rail-width': '64px',
    '--octet-nav-width': '240px',
    '--octet-bar-height': '52px',
    '--octet-ease': 'cubic-bezier(0.2, 0, 0, 1)',
  },
  light: variablesOf(light, 0),
  dark: variablesOf(dark, 1),
} as const
