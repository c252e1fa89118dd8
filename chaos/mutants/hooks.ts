/** `node --import …/hooks.ts`: applies the patches of CHAOS_PATCHES (JSON) while modules load. */
import { registerHooks } from 'node:module'
import { type Patch, patchedLine } from './patch.ts'

const patches = JSON.parse(process.env.CHAOS_PATCHES ?? '[]') as Patch[]

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    const wanted = patches.filter(({ file }) => url.endsWith(file))
    if (wanted.length === 0) return loaded
    let source = String(loaded.source)
    for (const patch of wanted) {
      const places = source.split(patch.find).length - 1
      if (places !== 1) throw new Error(`${patch.file} has "${patch.find}" ${places} times: mend the patch`)
      source = source.replace(patch.find, () => patch.replace)
      process.stderr.write(`${patchedLine(patch)}\n`)
    }
    return { ...loaded, source }
  },
})
