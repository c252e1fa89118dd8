/** Eight dots in a ring: eight systems around one platform. */
const radius = 9
const dots = Array.from({ length: 8 }, (_, index) => {
  const angle = (index * Math.PI) / 4
  return { x: 16 + radius * Math.sin(angle), y: 16 - radius * Math.cos(angle) }
})

export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#3b5bdb" />
      {dots.map(({ x, y }) => (
        <circle key={`${x}-${y}`} cx={x.toFixed(2)} cy={y.toFixed(2)} r="2.6" fill="#fff" />
      ))}
    </svg>
  )
}
