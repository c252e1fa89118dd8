import 'react'

declare module 'react' {
  /** Custom properties are style too. */
  interface CSSProperties {
    [variable: `--${string}`]: string | number | undefined
  }
}
