export { fetchPageHead } from './fetch-page-head.ts'
