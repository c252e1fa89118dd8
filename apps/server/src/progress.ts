/** The start as people see it: a line per step with its time, never silent for more than a second. */

export interface Progress {
  /** Runs one step and prints how long it took, or where it failed; meanwhile, what it said last. */
  step<T>(title: string, run: (say: (text: string) => void) => Promise<T>): Promise<T>
  /** Prints a line that belongs to no step's outcome. */
  note(text: string): void
}

interface Terminal {
  readonly isTTY?: boolean
  write(text: string): unknown
}

const tickMs = 1_000
/** Erases from the cursor to the end of the line on a terminal. */
const eraseLine = '\x1b[K'

/** On a terminal the line of a running step is redrawn with its elapsed time; elsewhere each second gets a line. */
export function createProgress(out: Terminal = process.stdout): Progress {
  return {
    note: text => void out.write(`    ${text}\n`),
    async step(title, run) {
      const startedMs = performance.now()
      const seconds = () => `${((performance.now() - startedMs) / 1000).toFixed(1)} s`
      const label = title.padEnd(24, ' ')
      let said = ''
      if (out.isTTY === true) out.write(`  … ${label}`)
      const ticker = setInterval(
        () =>
          out.write(
            out.isTTY === true
              ? `\r  … ${label} ${seconds()}${said}${eraseLine}`
              : `  … ${label} ${seconds()}${said}\n`,
          ),
        tickMs,
      )
      const end = (mark: string) =>
        out.write(`${out.isTTY === true ? `\r${eraseLine}` : ''}  ${mark} ${label} ${seconds()}\n`)
      try {
        const result = await run(text => {
          said = `  ${text}`
        })
        end('✓')
        return result
      } catch (error) {
        end('✗')
        throw error
      } finally {
        clearInterval(ticker)
      }
    },
  }
}
