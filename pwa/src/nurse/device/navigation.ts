/** Hands a place to a navigation app. A link holds coordinates or an address, never a name or a code. */
import type { Client } from '../sync/types'
import type { Settings } from './settings'

export type NavigationApp = Exclude<Settings['navigation'], 'ask'>

export const isApple = (): boolean => /iPhone|iPad|Macintosh/.test(navigator.userAgent)

export const NAVIGATION_NAMES: Record<NavigationApp, string> = {
  geo: 'App van deze telefoon',
  apple: 'Apple Kaarten',
  google: 'Google Maps',
  waze: 'Waze',
}

/** iPhone does not know geo: links; Android has no Apple maps. */
export const navigationApps = (apple: boolean): NavigationApp[] =>
  apple ? ['apple', 'google', 'waze'] : ['geo', 'google', 'waze']

export function addressLines(client: Client): string[] {
  const number =
    client.house_number === null ? '' : `${client.house_number}${client.addition ? `-${client.addition}` : ''}`
  const postcode = (client.postcode ?? '').replace(/^(\d{4})\s*([A-Z]{2})$/, '$1 $2')
  return [`${client.street} ${number}`.trim(), `${postcode} ${client.city}`.trim()].filter(Boolean)
}

export const isExact = (client: Client): boolean => ['address', 'pinned', 'pc6'].includes(client.precision)

export function navigationLink(app: NavigationApp, client: Client): string | null {
  const hasPlace = client.lat !== null && client.lon !== null && (isExact(client) || addressLines(client).length < 2)
  const place = hasPlace ? `${client.lat},${client.lon}` : encodeURIComponent(addressLines(client).join(', '))
  if (!place) return null
  switch (app) {
    case 'geo':
      return hasPlace ? `geo:${place}?q=${place}` : `geo:0,0?q=${place}`
    case 'apple':
      return `https://maps.apple.com/?daddr=${place}&dirflg=d`
    case 'google':
      return `https://www.google.com/maps/dir/?api=1&destination=${place}&travelmode=driving&dir_action=navigate`
    case 'waze':
      return hasPlace ? `https://waze.com/ul?ll=${place}&navigate=yes` : `https://waze.com/ul?q=${place}&navigate=yes`
  }
}
