/** A new version waits in the wings. It comes on at a quiet moment or at the next cold start, never inside a report. */
let waitingWorker: ServiceWorker | null = null
let isReloading = false

export function registerWorker(pushed: () => void): void {
  if (!('serviceWorker' in navigator)) return
  navigator.serviceWorker.register('/phone/sw.js', { scope: '/phone/', updateViaCache: 'none' }).then(
    (registration) => {
      const notice = () => {
        if (registration.waiting && navigator.serviceWorker.controller) waitingWorker = registration.waiting
      }
      notice()
      registration.addEventListener('updatefound', () =>
        registration.installing?.addEventListener('statechange', notice),
      )
      setInterval(() => void registration.update().catch(() => undefined), 30 * 60_000)
    },
    () => undefined, // No worker: the app still runs, but not without a network.
  )
  navigator.serviceWorker.addEventListener('message', (event: MessageEvent<{ type?: string }>) => {
    if (event.data?.type === 'pushed') pushed()
  })
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (isReloading) location.reload()
  })
}

/** Called at "klaar", when nothing is being written. */
export function updateAtQuietMoment(): void {
  if (!waitingWorker || isReloading) return
  isReloading = true
  waitingWorker.postMessage({ type: 'take_over' })
}
