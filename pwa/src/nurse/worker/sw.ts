/// <reference lib="webworker" />
/** The phone's service worker: opens the app without a network, and rings. It never keeps anything from /api. */
import { uuid7 } from '$shared/uuid7'

declare const self: ServiceWorkerGlobalScope
declare const __PRECACHE__: string[]
declare const __VERSION__: string

const SHELL = '/phone/'
const CACHE = `nachtronde-${__VERSION__}`
const ICONS = [
  '/static/icons/icon-192.png',
  '/static/icons/badge-96.png',
  '/static/icons/icon.svg',
  '/manifest.webmanifest',
]

self.addEventListener('install', (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(CACHE)
      await cache.addAll(__PRECACHE__.map((url) => new Request(url, { cache: 'reload', credentials: 'same-origin' })))
      // Nice to have: a missing icon must not keep the app from working offline.
      await Promise.allSettled(ICONS.map((url) => cache.add(url)))
    })(),
  )
})

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      const old = (await caches.keys()).filter((name) => name.startsWith('nachtronde-') && name !== CACHE)
      await Promise.all(old.map((name) => caches.delete(name)))
      await self.clients.claim()
    })(),
  )
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== self.location.origin) return
  if (request.mode === 'navigate') {
    if (url.pathname === SHELL) event.respondWith(fromCache(SHELL, request))
  } else if (url.pathname.startsWith('/app/phone/') || ICONS.includes(url.pathname)) {
    event.respondWith(fromCache(url.pathname, request))
  }
})

/** The page and its files come from one version, so that they always fit together; the network is for the next version. */
async function fromCache(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE)
  return (await cache.match(path)) ?? fetch(request)
}

self.addEventListener('message', (event) => {
  if ((event.data as { type?: string } | null)?.type === 'take_over') void self.skipWaiting()
})

// -- the bell ---------------------------------------------------------------------------------------------------------

interface Pushed {
  web_push?: number
  notification?: { title?: string; body?: string; navigate?: string; tag?: string }
}

self.addEventListener('push', (event) => {
  event.waitUntil(
    (async () => {
      // Always visible, also while the app is in front: three silent pushes and an iPhone ends the subscription.
      await show(readPush(event.data))
      const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
      for (const client of windows) client.postMessage({ type: 'pushed' })
      if (windows.length === 0) await sayHeard()
    })(),
  )
})

function readPush(data: PushMessageData | null): NonNullable<Pushed['notification']> {
  try {
    return (data?.json() as Pushed | undefined)?.notification ?? {}
  } catch {
    return {}
  }
}

function show({ title, body, tag }: NonNullable<Pushed['notification']>): Promise<void> {
  const options: NotificationOptions & { renotify: boolean; vibrate: number[] } = {
    body: body ?? 'Open Nachtronde om het te zien.',
    tag: tag ?? 'nachtronde',
    renotify: true,
    requireInteraction: true,
    lang: 'nl',
    icon: '/static/icons/icon-192.png',
    badge: '/static/icons/badge-96.png',
    vibrate: [300, 150, 300, 150, 300],
  }
  return self.registration.showNotification(title ?? 'Nachtronde', options)
}

/** Tells the desk that the bell was heard though the app was closed. Only a kindness: the nurse's tap is what counts. */
async function sayHeard(): Promise<void> {
  try {
    const answer = await fetch('/api/v1/session', { credentials: 'same-origin', cache: 'no-store' })
    if (!answer.ok) return
    const { csrf_token } = (await answer.json()) as { csrf_token: string }
    const command = { id: uuid7(), kind: 'seen', visit_id: null, happened_at: new Date().toISOString(), body: {} }
    await fetch('/api/v1/commands', {
      method: 'POST',
      credentials: 'same-origin',
      body: JSON.stringify({ commands: [command] }),
      headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf_token },
    })
  } catch {
    // No network: the desk escalates by itself.
  }
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(
    (async () => {
      const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
      const open = windows.find((client) => new URL(client.url).pathname.startsWith(SHELL))
      if (open) await open.focus()
      else await self.clients.openWindow(SHELL)
    })(),
  )
})

self.addEventListener('pushsubscriptionchange', (event) => {
  // The app subscribes again at its next start; until then the nurse is told.
  ;(event as ExtendableEvent).waitUntil(
    show({ title: 'De bel staat uit', body: 'Open Nachtronde om de bel weer aan te zetten.', tag: 'bell' }),
  )
})
