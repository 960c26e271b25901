/** A plan proposal in words: what it brings, what it costs, and who arrives when. */
import { drive, minutes } from '$shared/time'
import { reasonText } from '../server/nl'
import type {
  Comparison,
  FixedVisits,
  PlanProposal,
  ProposalState,
  ProposedVisit,
  Reason,
  Totals,
} from '../server/types'

export type Tone = 'good' | 'bad' | 'same'
export interface TotalLine {
  name: string
  before: string
  after: string
  change: string
  tone: Tone
}

const km = (metres: number): string => `${(metres / 1000).toLocaleString('nl-NL', { maximumFractionDigits: 1 })} km`
const spent = (seconds: number): string => minutes(Math.round(seconds / 60))
const many = (count: number, one: string, more: string): string => `${count} ${count === 1 ? one : more}`
const visits = (count: number): string => many(count, 'bezoek', 'bezoeken')
const toneOf = (difference: number): Tone => (difference === 0 ? 'same' : difference < 0 ? 'good' : 'bad')

/** Each total now and with the proposal; what is zero on both sides is left out, driving never. */
export function totalLines(before: Totals, after: Totals): TotalLine[] {
  const line = (name: string, key: keyof Totals, say: (value: number) => string, least = 1): TotalLine | null => {
    const [old, now] = [before[key], after[key]]
    if (old === 0 && now === 0 && key !== 'travel_s' && key !== 'distance_m') return null
    // as a reader subtracts what stands before it
    const difference = Math.abs(now - old) < least ? 0 : least * (Math.round(now / least) - Math.round(old / least))
    const change = difference === 0 ? 'gelijk' : `${say(Math.abs(difference))} ${difference < 0 ? 'minder' : 'meer'}`
    return { name, before: say(old), after: say(now), change, tone: key === 'cars_used' ? 'same' : toneOf(difference) }
  }
  return [
    line('Rijden', 'travel_s', spent, 60),
    line('Kilometers', 'distance_m', km, 100),
    line('Bezoeken te laat', 'late_visits', String),
    line('Minuten te laat', 'late_s', spent, 60),
    line('Zonder auto', 'without_car', String),
    line('Auto’s op pad', 'cars_used', String),
    line('Buiten de regio', 'other_region', String),
  ].filter((one) => one !== null)
}

/** The proposal in one sentence: what it brings first, what it costs after "wel". */
export function summary({ before, after, visits: changes }: Pick<Comparison, 'before' | 'after' | 'visits'>): string {
  const good: string[] = []
  const bad: string[] = []
  const say = (difference: number, less: string, more: string) => {
    if (difference !== 0) (difference < 0 ? good : bad).push(difference < 0 ? less : more)
  }
  const by = (key: keyof Totals, step = 1): number => Math.round(after[key] / step) - Math.round(before[key] / step)
  const count = (key: keyof Totals) => visits(Math.abs(by(key)))
  say(by('without_car'), `${count('without_car')} alsnog een auto`, `${count('without_car')} zonder auto`)
  say(by('late_visits'), `${count('late_visits')} minder te laat`, `${count('late_visits')} meer te laat`)
  const late = by('late_s', 60)
  if (by('late_visits') === 0) say(late, `${minutes(late)} minder te laat`, `${minutes(late)} meer te laat`)
  const driven = by('travel_s', 60)
  say(driven, `${minutes(driven)} minder rijden`, `${minutes(driven)} meer rijden`)
  const tenths = by('distance_m', 100)
  const far = Math.abs(tenths) < 5 ? 0 : tenths * 100
  say(far, `${km(Math.abs(far))} minder`, `${km(Math.abs(far))} meer`)
  say(
    by('other_region'),
    `${count('other_region')} meer in de eigen regio`,
    `${count('other_region')} meer buiten de regio`,
  )
  if (good.length === 0 && bad.length === 0) return `Andere volgorde: ${visits(changes.length)} op een andere tijd.`
  const text = [good.join(', '), bad.length > 0 ? `${good.length > 0 ? 'wel ' : ''}${bad.join(', ')}` : '']
    .filter(Boolean)
    .join('; ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

/** "12 min eerder", "9 min later, dan te laat", "krijgt een auto"; and whether that is good news. */
export function shiftOf(change: ProposedVisit): { text: string; tone: Tone } {
  if (change.old === null)
    return {
      text: change.is_late ? 'krijgt een auto, wel te laat' : 'krijgt een auto',
      tone: change.is_late ? 'bad' : 'good',
    }
  if (change.new === null) return { text: 'geen auto meer', tone: 'bad' }
  const later = Math.round((change.later_s ?? 0) / 60)
  const late = change.is_late
    ? change.old.late_s > 0
      ? ', nog te laat'
      : ', dan te laat'
    : change.old.late_s > 0
      ? ', weer op tijd'
      : ''
  const isWorse = change.is_late && (change.old.late_s === 0 || later > 0)
  if (later === 0) return { text: `zelfde tijd${late}`, tone: isWorse ? 'bad' : 'same' }
  const tone: Tone = change.is_urgent_later || isWorse ? 'bad' : later < 0 && !change.is_late ? 'good' : 'same'
  return { text: `${minutes(later)} ${later < 0 ? 'eerder' : 'later'}${late}`, tone }
}

/** Does it go to another car than now? */
export const isMoved = (change: ProposedVisit): boolean => change.old?.shift_id !== change.new?.shift_id

/** True of nearly every visit: only said when there is nothing else to say. */
const QUIET = new Set(['in_time', 'nobody_later', 'late'])

/** Why it moves, as pieces of a sentence; the old car's drawback carries its name. */
export function whyText(reasons: readonly Reason[]): string {
  const telling = reasons.filter((reason) => !QUIET.has(reason.code))
  const words = (telling.length > 0 ? telling : reasons).map((reason) => {
    const car = typeof reason.params?.['car_name'] === 'string' ? reason.params['car_name'] : ''
    if (reason.code === 'dearer' && car)
      return `bij ${car.toLowerCase()} kost het ${drive(Number(reason.params?.['extra']) || 0)} meer`
    if (reason.code.startsWith('with_') || !car) return reasonText(reason)
    return `${car.toLowerCase()}: ${reasonText(reason)}`
  })
  return [...new Set(words)].slice(0, 3).join(' · ')
}

/** "3 bezoeken stonden vast: 1 onderweg of binnen, 2 door de zorgcentrale toegewezen." */
export function fixedText(fixed: FixedVisits): string {
  const parts = [
    [fixed.under_way, 'onderweg of binnen'],
    [fixed.accepted, 'al aangenomen'],
    [fixed.locked, 'vastgezet'],
    [fixed.by_desk, 'door de zorgcentrale toegewezen'],
  ].filter(([count]) => Number(count) > 0)
  const total = parts.reduce((sum, [count]) => sum + Number(count), 0)
  if (total === 0) return ''
  return `${visits(total)} ${total === 1 ? 'stond' : 'stonden'} vast: ${parts.map(([count, why]) => `${count} ${why}`).join(', ')}.`
}

/** How far the search is, for the bar and in words. */
export function progress(asked_at: string, limit_s: number, now: number): { done_s: number; text: string } {
  const spent_s = Math.max(0, Math.floor((now - Date.parse(asked_at)) / 1000))
  if (spent_s > limit_s + 45)
    return { done_s: limit_s, text: 'Dit duurt langer dan verwacht. U kunt stoppen en opnieuw zoeken.' }
  if (spent_s >= limit_s) return { done_s: limit_s, text: 'Bijna klaar: het plan wordt nagekeken.' }
  return { done_s: spent_s, text: `Zoekt: ${spent_s} van ${Math.round(limit_s)} seconden.` }
}

/** What the panel says above everything else. */
export function stateText(
  proposal: Pick<PlanProposal, 'decided_by' | 'reason' | 'note'>,
  state: ProposalState,
): string {
  const by = proposal.decided_by ? ` door ${proposal.decided_by}` : ''
  const SAID: Record<ProposalState, string> = {
    running: '',
    ready: '',
    nothing_better: 'Er is geen beter plan. De routes van nu zijn de beste die er gevonden zijn.',
    failed: 'Het zoeken is niet gelukt. De routes blijven zoals ze zijn.',
    overtaken:
      proposal.note === 'asked_again'
        ? 'Er is daarna opnieuw gezocht.'
        : 'De nacht is veranderd: reken opnieuw. Er is niets verschoven.',
    cancelled: `Gestopt${by}. De routes blijven zoals ze zijn.`,
    accepted: `Dit plan rijdt, aangenomen${by}.`,
    declined: `Afgewezen${by}${proposal.reason ? `: ${proposal.reason}` : ''}. De routes bleven zoals ze waren.`,
    undone: `Teruggezet${by}. De routes zijn weer als ervoor.`,
  }
  return SAID[state]
}
