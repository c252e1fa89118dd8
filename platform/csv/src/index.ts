export { CsvError, type CsvLimits, type CsvRow, readCsv } from './read-csv.ts'
export { byteOrderMark, csvLine, plainCell } from './write-csv.ts'
