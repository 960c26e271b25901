import { svelte } from '@sveltejs/vite-plugin-svelte'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { keepThirtyDays, precacheList, readPrecache, themeBeforePaint } from './build/plugins.ts'

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const outDir = path('../static/app')

// Three builds, one per program, so that the phone never downloads a byte that only the desk needs:
//   vite build --mode phone    static/app/phone/index.html + assets
//   vite build --mode worker   static/app/phone/sw.js, with the phone's file list inside
//   vite build --mode desk     static/app/desk/index.html + assets
export default defineConfig(({ mode }) => {
  const shared = {
    root: path('.'),
    base: '/app/',
    publicDir: false as const,
    resolve: { alias: { $shared: path('src/shared'), $tokens: path('../static/css/tokens.css') } },
  }
  if (mode === 'worker') {
    const precache = readPrecache(`${outDir}/phone`)
    return {
      ...shared,
      define: { __PRECACHE__: JSON.stringify(precache.urls), __VERSION__: JSON.stringify(precache.version) },
      build: {
        outDir,
        emptyOutDir: false,
        target: 'es2022',
        modulePreload: false,
        rollupOptions: {
          input: path('src/nurse/worker/sw.ts'),
          output: { format: 'iife' as const, entryFileNames: 'phone/sw.js' },
        },
      },
    }
  }
  const app = mode === 'desk' ? 'desk' : 'phone'
  return {
    ...shared,
    // Short class names: they stand in every template that the phone downloads.
    plugins: [
      svelte({ compilerOptions: { cssHash: ({ hash, css }) => `s${hash(css).slice(0, 5)}` } }),
      themeBeforePaint(app, path('src/shared/theme-first.js')),
      precacheList(app),
      keepThirtyDays(app),
    ],
    build: {
      outDir,
      emptyOutDir: false,
      target: 'es2022',
      assetsDir: `${app}/assets`,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rollupOptions: { input: path(`${app}/index.html`) },
    },
    server: {
      fs: { allow: [path('..')] },
      proxy: { '/api': 'http://127.0.0.1:8000', '/static': 'http://127.0.0.1:8000', '/login': 'http://127.0.0.1:8000' },
    },
  }
})
