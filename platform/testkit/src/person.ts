/** A module's part in giving a person what it keeps of them, and in erasing it, without the modules around it. */
import { newId } from '@octet/db'
import { type AnyModule, type Privacy, serviceRequest } from '@octet/kernel'
import type { TestApp } from './app.ts'

// biome-ignore lint/suspicious/noExplicitAny: what a module keeps and its context are its own types
type AnyPrivacy = Privacy<any, any>

const timeoutMs = 60_000

function partsOf(app: TestApp, module: AnyModule) {
  const { privacy } = module
  if (!('columns' in privacy)) throw new Error(`${module.contract.name} keeps nothing of people`)
  const ctx = app.runtime.host.contextOf(module.contract.name, serviceRequest(module.contract.name, newId(), timeoutMs))
  return { privacy: privacy as AnyPrivacy, ctx }
}

/** Erases a person from one module, to the end. Returns what `verifyErased` then counts. */
export async function erasePerson(app: TestApp, module: AnyModule, userId: string): Promise<number> {
  const { privacy, ctx } = partsOf(app, module)
  const step = () => ctx.db.transaction('test.eraseUser', tx => privacy.eraseUser(ctx, tx, userId))
  for (let left = await step(); left === 'more'; ) left = await step()
  return privacy.verifyErased(ctx, userId)
}

/** Every row of what one module gives a person. */
export async function exportedRows(app: TestApp, module: AnyModule, userId: string): Promise<object[]> {
  const { privacy, ctx } = partsOf(app, module)
  const rows: object[] = []
  for await (const file of privacy.exportUser(ctx, userId)) for await (const row of file.rows ?? []) rows.push(row)
  return rows
}
