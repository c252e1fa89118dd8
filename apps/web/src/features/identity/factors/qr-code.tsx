/**
 * A QR code that is drawn here, so that its content never leaves the browser. It is dark on light in both schemes,
 * because scanners need that.
 */
import { create } from 'qrcode'
import { useMemo } from 'react'
import classes from '../account.module.css'

const quietZone = 4

export default function QrCode({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => {
    const { modules } = create(text, { errorCorrectionLevel: 'M' })
    const dark = Array.from(modules.data, (isDark, index) => (isDark ? index : -1)).filter(index => index >= 0)
    const squares = dark.map(index => {
      const [x, y] = [(index % modules.size) + quietZone, Math.floor(index / modules.size) + quietZone]
      return `M${x} ${y}h1v1h-1z`
    })
    return { size: modules.size + 2 * quietZone, path: squares.join('') }
  }, [text])
  return (
    <svg
      className={classes.qr}
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <path fill="#fff" d={`M0 0h${size}v${size}h-${size}z`} />
      <path fill="#000" d={path} />
    </svg>
  )
}
