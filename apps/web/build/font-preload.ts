/**
 * Vite plugin: preloads the Latin subset of the typeface, the one font file that every visitor needs, to avoid a late
 * swap.
 */
import type { Plugin } from 'vite'

const isLatin = /inter-latin-wght-normal-[\w-]+\.woff2$/

export function fontPreloadPlugin(): Plugin {
  return {
    name: 'octet-font-preload',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_html, context) {
        const name = Object.keys(context.bundle ?? {}).find(each => isLatin.test(each))
        if (name === undefined) throw new Error('the Latin subset of Inter is not among the built assets')
        const attrs = { rel: 'preload', as: 'font', type: 'font/woff2', href: `/${name}`, crossorigin: '' }
        return [{ tag: 'link', attrs, injectTo: 'head-prepend' }]
      },
    },
  }
}
