/** How far back the clicks of a link are shown, in days. */
export const dayRanges = [7, 30, 90, 365] as const
export type DayRange = (typeof dayRanges)[number]
