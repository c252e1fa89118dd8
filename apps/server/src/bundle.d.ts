/** The bundle that build-program.ts makes of the command line and everything it imports. */
declare module '#program' {
  export { runCommandLine } from './command-line.ts'
}
