/** Every mutant by its name: those of the platform and those of each system. */
import { systems } from '../systems/all.ts'
import type { Mutant } from './mutant.ts'
import type { Patch } from './patch.ts'
import { platformMutants } from './platform.ts'

/** Adds the module that counts the effects of events. Not a mutant: every run has it. */
export const probe: Patch = {
  file: 'apps/server/src/modules.ts',
  find: '= Object.values<AnyModule>(list)',
  replace: `= [probeModule, ...Object.values<AnyModule>(list)]
import { probeModule } from '${new URL('../probe/module.ts', import.meta.url)}'`,
}

export const mutants: ReadonlyMap<string, Mutant> = new Map(
  [platformMutants, ...systems.map(({ mutants = {} }) => mutants)].flatMap(found => Object.entries(found)),
)

/** The patches of the named mutants. Throws when a name is unknown. */
export function patchesOf(names: readonly string[]): Patch[] {
  return names.map(name => {
    const mutant = mutants.get(name)
    if (mutant === undefined) throw new Error(`there is no mutant "${name}"; known: ${[...mutants.keys()].join(', ')}`)
    const { file, find, replace } = mutant
    return { file, find, replace }
  })
}
