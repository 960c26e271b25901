/** The bell: a push subscription, checked at every start because phones drop it silently. */
import { del, get, post } from '$shared/api'
import { choose, setting } from './settings'

/** unsupported: this browser cannot.  home_screen: an iPhone that wants the app on its home screen first. */
export type Bell = 'on' | 'off' | 'denied' | 'unsupported' | 'home_screen' | 'failed'

const isInstalled = () => matchMedia('(display-mode: standalone)').matches
const isIphone = () => /iPhone|iPad/.test(navigator.userAgent)

export async function bell(): Promise<Bell> {
  if (!('serviceWorker' in navigator) || !('PushManager' in globalThis) || !('Notification' in globalThis)) {
    return isIphone() && !isInstalled() ? 'home_screen' : 'unsupported'
  }
  if (Notification.permission === 'denied') return 'denied'
  return setting('push') === 'on' && Notification.permission === 'granted' && (await subscription()) ? 'on' : 'off'
}

/** Asks the nurse (it must come from her tap), subscribes, and tells the house where to ring. */
export async function turnOn(): Promise<Bell> {
  if ((await Notification.requestPermission()) !== 'granted') return 'denied'
  choose('push', 'on')
  return (await subscribe()) ? 'on' : 'failed'
}

export async function turnOff(): Promise<void> {
  choose('push', 'off')
  await forget()
}

/** At each start: a subscription that the phone dropped is made again, and the house hears the present one. */
export async function recheck(): Promise<void> {
  if (setting('push') !== 'on' || !('Notification' in globalThis) || Notification.permission !== 'granted') return
  await subscribe()
}

/** Drops the subscription on both sides. */
export async function forget(): Promise<void> {
  const known = await subscription()
  if (!known) return
  try {
    await del('/push-subscriptions', {}, { endpoint: known.endpoint })
  } catch {
    // The house notices at its first push that the phone is gone (410), and logging out forgets all phones of this nurse.
  }
  await known.unsubscribe()
}

/** Shows a notification as a push would, so that she hears whether this phone lets it through. */
export async function selfTest(): Promise<boolean> {
  const registration = await navigator.serviceWorker.ready
  try {
    await registration.showNotification('Proef: de bel werkt', {
      body: 'Zo klinkt een nieuw bezoek op deze telefoon.',
      tag: 'self-test',
      icon: '/static/icons/icon-192.png',
      badge: '/static/icons/badge-96.png',
    })
    return true
  } catch {
    return false
  }
}

async function subscription(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker.getRegistration('/phone/')
  return (await registration?.pushManager?.getSubscription()) ?? null
}

/** A browser without a push service behind it never answers. */
const SUBSCRIBE_MS = 15_000

async function subscribe(): Promise<boolean> {
  try {
    const registration = await navigator.serviceWorker.ready
    const { public_key } = await get('/push-key')
    const key = bytes(public_key)
    let known = await registration.pushManager.getSubscription()
    if (known && !isSame(known.options.applicationServerKey, key)) {
      await known.unsubscribe()
      known = null
    }
    known ??= await Promise.race([
      registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }),
      new Promise<never>((_, reject) => setTimeout(() => reject(new Error('no push service')), SUBSCRIBE_MS)),
    ])
    const { p256dh = '', auth = '' } = known.toJSON().keys ?? {}
    await post('/push-subscriptions', {}, { endpoint: known.endpoint, keys: { p256dh, auth } })
    return true
  } catch {
    return false
  }
}

function bytes(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replace(/-/g, '+').replace(/_/g, '/'))
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

function isSame(known: ArrayBuffer | null, key: Uint8Array): boolean {
  if (!known || known.byteLength !== key.length) return false
  return new Uint8Array(known).every((byte, index) => byte === key[index])
}
