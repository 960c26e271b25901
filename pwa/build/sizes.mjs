// Holds what a first visit downloads against its budget, gzipped; exits 1 when one is over.   node build/sizes.mjs
import { existsSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const APP = new URL('../../static/app/', import.meta.url)
const gz = (file) => gzipSync(readFileSync(new URL(file, APP)), { level: 9 }).length

/** The scripts that the page loads by itself; what is imported later does not count as first load. */
function firstLoad(app) {
  const html = readFileSync(new URL(`${app}/index.html`, APP), 'utf-8')
  return [...html.matchAll(/(?:src|href)="\/app\/([^"]+\.js)"/g)].map((match) => match[1])
}

const budgets = [
  { name: 'phone, JavaScript at first load', files: () => firstLoad('phone'), limit: 40_000, needs: 'phone/index.html' },
  { name: 'service worker', files: () => ['phone/sw.js'], limit: 6_000, needs: 'phone/sw.js' },
  { name: 'desk, JavaScript at first load', files: () => firstLoad('desk'), limit: 90_000, needs: 'desk/index.html' },
]

let isOver = false
for (const { name, files, limit, needs } of budgets) {
  if (!existsSync(new URL(needs, APP))) {
    console.log(`${name}: not built (npm run build)`)
    isOver = true
    continue
  }
  const size = files().reduce((sum, file) => sum + gz(file), 0)
  const verdict = size <= limit ? 'ok' : 'TOO LARGE'
  console.log(`${name}: ${(size / 1000).toFixed(1)} kB gz of ${limit / 1000} kB  ${verdict}`)
  isOver ||= size > limit
}
process.exit(isOver ? 1 : 0)
