import { svelte } from '@sveltejs/vite-plugin-svelte'
import { svelteTesting } from '@testing-library/svelte/vite'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))

export default defineConfig({
  plugins: [svelte(), svelteTesting()],
  resolve: { alias: { $shared: path('src/shared'), $tokens: path('../static/css/tokens.css') } },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
})
