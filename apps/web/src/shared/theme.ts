/** The Mantine theme: type, space, radius and shades of the visual guide. Colours are in `tokens.ts`. */
import {
  type ActionIconProps,
  type ButtonProps,
  createTheme,
  type DrawerProps,
  type MenuProps,
  type ModalProps,
  type PopoverProps,
  virtualColor,
} from '@mantine/core'

/** The library would insert a `<style>` element, which the policy blocks; `global.css` locks scrolling instead. */
const removeScrollProps = { removeScrollBar: false } as const

const fontFamily = "'Inter Variable', ui-sans-serif, system-ui, sans-serif"

export const theme = createTheme({
  // Virtual, because only then does the text on it follow the scheme: white on #3b5bdb, black on #748ffc.
  primaryColor: 'primary',
  colors: { primary: virtualColor({ name: 'primary', light: 'indigo', dark: 'indigo' }) },
  primaryShade: { light: 8, dark: 4 },
  autoContrast: true,
  luminanceThreshold: 0.3,
  black: '#212529',
  focusRing: 'auto',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily,
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  fontSizes: { xs: '12px', sm: '14px', md: '14px', lg: '16px', xl: '18px' },
  lineHeights: { xs: '16px', sm: '20px', md: '20px', lg: '24px', xl: '26px' },
  fontWeights: { regular: '400', medium: '500', bold: '600' },
  headings: {
    fontFamily,
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '28px', lineHeight: '34px' },
      h2: { fontSize: '22px', lineHeight: '28px' },
      h3: { fontSize: '18px', lineHeight: '26px' },
    },
  },
  spacing: { xs: '4px', sm: '8px', md: '16px', lg: '24px', xl: '32px' },
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px', xl: '32px' },
  defaultRadius: 'sm',
  shadows: {
    md: '0 4px 12px rgb(0 0 0 / 0.14), 0 1px 3px rgb(0 0 0 / 0.1)',
    xl: '0 12px 40px rgb(0 0 0 / 0.22), 0 2px 8px rgb(0 0 0 / 0.12)',
  },
  // Plain objects rather than `Modal.extend(…)`: the theme must not pull the components into the first chunk.
  components: {
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 34 } satisfies ActionIconProps },
    Button: { defaultProps: { size: 'sm' } satisfies ButtonProps },
    Modal: {
      defaultProps: {
        removeScrollProps,
        radius: 'lg',
        centered: true,
        transitionProps: { transition: 'fade', duration: 180, exitDuration: 80 },
        overlayProps: { backgroundOpacity: 0.4 },
        // Otherwise assistive technology treats the header as a second banner.
        attributes: { header: { role: 'presentation' } },
      } satisfies Partial<ModalProps>,
    },
    Drawer: {
      defaultProps: {
        removeScrollProps,
        transitionProps: { duration: 180, exitDuration: 80 },
        overlayProps: { backgroundOpacity: 0.4 },
        attributes: { header: { role: 'presentation' } },
      } satisfies Partial<DrawerProps>,
    },
    Menu: {
      defaultProps: {
        shadow: 'md',
        transitionProps: { duration: 120, exitDuration: 80 },
        // A focusable element that is not a menu item may not be a child of a menu.
        withInitialFocusPlaceholder: false,
      } satisfies MenuProps,
    },
    Popover: {
      defaultProps: { shadow: 'md', transitionProps: { duration: 120, exitDuration: 80 } } satisfies PopoverProps,
    },
  },
})
