/** Formats the size of a file for people. */
import { numberFormat } from './intl.ts'

const kibibyte = 1_024
const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const

export function fileSize(bytes: number, tag: string): string {
  const step = Math.min(units.length - 1, bytes < kibibyte ? 0 : Math.floor(Math.log(bytes) / Math.log(kibibyte)))
  const style = { style: 'unit', unit: units[step] ?? 'byte', unitDisplay: step === 0 ? 'long' : 'short' } as const
  return numberFormat(tag, { ...style, maximumFractionDigits: 1 }).format(bytes / kibibyte ** step)
}
