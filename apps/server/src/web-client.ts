/** The web client: built when its sources changed, served with a strict policy. */
import { createHash } from 'node:crypto'
import { glob, mkdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import { access } from '@octet/contracts'
import type { HttpApp } from '@octet/http'
import type { FastifyReply } from 'fastify'
import { rebuild, runNode } from './rebuild.ts'

const webFolder = fileURLToPath(new URL('../../web/', import.meta.url))
const contractsFolder = fileURLToPath(new URL('../../../contracts/', import.meta.url))
const distFolder = join(webFolder, 'dist')
const stampFile = join(distFolder, 'built-from.txt')

/** Everything is ours and external, so injected markup can neither run nor load anything. Kept by e2e/every-page. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

/** Builds the client unless what is there was built from these very sources. Returns whether it built. */
export async function buildWebClient(): Promise<boolean> {
  const stamp = await sourceStamp()
  if ((await readStamp()) === stamp) return false
  await rebuild(distFolder, {
    isCurrent: async () => (await readStamp()) === stamp,
    build: async fresh => {
      await runVite(basename(fresh))
      await writeFile(join(fresh, 'built-from.txt'), stamp)
    },
  })
  return true
}

function readStamp(): Promise<string> {
  return readFile(stampFile, 'utf8').catch(() => '')
}

async function sourceStamp(): Promise<string> {
  const hash = createHash('sha256')
  const patterns = ['{src,public,build}/**/*', 'index.html', 'vite.config.ts', 'package.json']
  for (const [folder, globs] of [
    [webFolder, patterns],
    [contractsFolder, ['src/**/*']],
  ] as const) {
    const entries = await Array.fromAsync(glob([...globs], { cwd: folder, withFileTypes: true }))
    const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
    for (const file of files.sort()) hash.update(file.slice(folder.length)).update(await readFile(file))
  }
  return hash.digest('hex')
}

function runVite(outDir: string): Promise<void> {
  const vite = join(
    dirname(createRequire(join(webFolder, 'package.json')).resolve('vite/package.json')),
    'bin',
    'vite.js',
  )
  return runNode([vite, 'build', '--logLevel', 'warn', '--outDir', outDir], webFolder).catch(error => {
    throw new Error(`the web client could not be built:\n${(error as Error).message}`)
  })
}

/** Serves the built client: files as they are, and its one page for every address people may open. */
export async function addWebClient(app: HttpApp): Promise<void> {
  await mkdir(distFolder, { recursive: true })
  await app.register(fastifyStatic, { root: distFolder, serve: false, preCompressed: true, cacheControl: false })
  app.route<{ Params: { '*': string } }>({
    method: ['GET', 'HEAD'],
    url: '/assets/*',
    config: { access: access.anyone, quiet: true },
    // Names carry a hash of the content.
    handler: (request, reply) =>
      reply.header('cache-control', 'public, max-age=31536000, immutable').sendFile(`assets/${request.params['*']}`),
  })
  app.route({
    method: ['GET', 'HEAD'],
    url: '/',
    config: { access: access.anyone, quiet: true },
    handler: (_, reply) => sendPage(reply),
  })
  for await (const entry of glob('*', { cwd: distFolder, withFileTypes: true })) {
    if (!entry.isFile() || /^index\.html|\.(br|gz|txt)$/.test(entry.name)) continue
    app.route({
      method: ['GET', 'HEAD'],
      url: `/${entry.name}`,
      config: { access: access.anyone, quiet: true },
      handler: (_, reply) => reply.header('cache-control', 'public, max-age=3600').sendFile(entry.name),
    })
  }
  app.pages.serve = sendPage
}

function sendPage(reply: FastifyReply): FastifyReply {
  return reply
    .header('content-security-policy', contentSecurityPolicy)
    .header('cache-control', 'no-cache')
    .header('permissions-policy', 'camera=(), microphone=(), geolocation=()')
    .sendFile('index.html')
}
