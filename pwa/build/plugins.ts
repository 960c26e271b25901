import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, unlinkSync } from 'node:fs'
import type { Plugin } from 'vite'

const shortHash = (text: string | Uint8Array) => createHash('sha256').update(text).digest('hex').slice(0, 10)

/** Puts the theme on <html> before the first paint: a blocking file of its own, because the policy forbids inline script. */
export function themeBeforePaint(app: string, file: string): Plugin {
  const fileName = () => `${app}/assets/theme-${shortHash(readFileSync(file))}.js`
  return {
    name: 'nachtronde:theme-before-paint',
    transformIndexHtml(_html, context) {
      const src = context.server ? '/app/src/shared/theme-first.js' : `/app/${fileName()}`
      return [{ tag: 'script', attrs: { src }, injectTo: 'head-prepend' }]
    },
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: fileName(), source: readFileSync(file, 'utf-8') })
    },
  }
}

/** Writes the list of files that one app needs to start without a network. */
export function precacheList(app: string): Plugin {
  return {
    name: 'nachtronde:precache-list',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const files = Object.values(bundle)
          .filter((file) => !file.fileName.endsWith('.map'))
          .map((file) => ({ file: file.fileName, hash: shortHash(file.type === 'chunk' ? file.code : file.source) }))
          .sort((a, b) => a.file.localeCompare(b.file))
        this.emitFile({ type: 'asset', fileName: `${app}/files.json`, source: JSON.stringify(files, null, 1) })
      },
    },
  }
}

interface Precache {
  version: string
  urls: string[]
}

/** The phone's file list as the service worker wants it: addresses, and one version over all of their contents. */
export function readPrecache(folder: string): Precache {
  const list = `${folder}/files.json`
  if (!existsSync(list)) throw new Error(`${list} is missing: build the phone before the worker`)
  const files = JSON.parse(readFileSync(list, 'utf-8')) as { file: string; hash: string }[]
  return {
    version: shortHash(JSON.stringify(files)),
    urls: files.map(({ file }) => (file === 'phone/index.html' ? '/phone/' : `/app/${file}`)),
  }
}

const THIRTY_DAYS_MS = 30 * 24 * 3600 * 1000

/** A phone that slept through a release still finds its old files; after thirty days they go. */
export function keepThirtyDays(app: string): Plugin {
  let folder = ''
  return {
    name: 'nachtronde:keep-thirty-days',
    apply: 'build',
    configResolved(config) {
      folder = `${config.build.outDir}/${app}/assets`
    },
    writeBundle(_options, bundle) {
      const current = new Set(Object.keys(bundle).map((name) => name.split('/').pop()))
      for (const name of existsSync(folder) ? readdirSync(folder) : []) {
        const isOld = Date.now() - statSync(`${folder}/${name}`).mtimeMs > THIRTY_DAYS_MS
        if (isOld && !current.has(name)) unlinkSync(`${folder}/${name}`)
      }
    },
  }
}
