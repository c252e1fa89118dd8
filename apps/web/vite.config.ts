import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { fontPreloadPlugin } from './build/font-preload.ts'
import { limitsPlugin } from './build/limits.ts'
import { precompressPlugin } from './build/precompress.ts'
import { slimContractsPlugin } from './build/slim-contracts.ts'
import { themeCssPlugin } from './build/theme-css.ts'

const server = process.env.OCTET_URL ?? 'http://127.0.0.1:3000'

const groups = [
  // Every page starts with one shared file: forty small ones cost 10 kB in compression and as much again in headers.
  { name: 'first', tags: ['$initial' as const] },
  // All messages of a language come in one request, not one per system.
  { name: 'german', test: /\/messages\/de(-pages)?\.ts$/ },
  { name: 'english', test: /\/messages\/en-pages\.ts$/ },
]

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), limitsPlugin(), slimContractsPlugin(), themeCssPlugin(), fontPreloadPlugin(), precompressPlugin()],
  server: {
    host: '127.0.0.1',
    port: 5173,
    // Uploads and downloads of chat share a prefix with its pages.
    proxy: {
      '/api': server,
      '/s/': server,
      '/docs': server,
      '^/chat/(files|uploads|rooms)/': server,
      '^/users/[^/]+/avatar': server,
    },
  },
  build: {
    target: 'es2023',
    outDir: 'dist',
    emptyOutDir: true,
    // The policy allows no `data:` fonts or images and no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { output: { codeSplitting: { groups } } },
  },
})
