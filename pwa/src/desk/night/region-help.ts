/** Help between regions, in sentences. */
import type { RegionHelp } from '../server/types'

/** "Zuid en Oost hielp West: 2 bezoeken, 45 minuten, 8,4 km." The most visits first, as the server sends them. */
export function helpLines(report: RegionHelp): string[] {
  const names = new Map(report.regions.map((region) => [region.region_id, region.name]))
  return report.between.map(({ helper_id, helped_id, help }) => {
    const visits = `${help.visits} ${help.visits === 1 ? 'bezoek' : 'bezoeken'}`
    const km = `${(help.metres / 1000).toLocaleString('nl-NL', { maximumFractionDigits: 1 })} km`
    const minutes = `${help.minutes} ${help.minutes === 1 ? 'minuut' : 'minuten'}`
    return `${names.get(helper_id) ?? 'Een andere regio'} hielp ${names.get(helped_id) ?? 'een andere regio'}: ${visits}, ${minutes}, ${km}.`
  })
}
