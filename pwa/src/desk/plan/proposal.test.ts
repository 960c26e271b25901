import { describe, expect, it } from 'vitest'
import { at, NOW } from '../builders'
import { fixedText, isMoved, progress, shiftOf, stateText, summary, totalLines, whyText } from './proposal'
import type { ProposedVisit, Totals } from '../server/types'

const totals = (part: Partial<Totals> = {}): Totals => ({
  travel_s: 7200,
  distance_m: 80_000,
  late_s: 0,
  late_visits: 0,
  without_car: 0,
  cars_used: 3,
  other_region: 0,
  ...part,
})
const stop = (shift: string, minute: number, late_s = 0) => ({
  shift_id: shift,
  car_name: `Auto ${shift}`,
  begins_at: at(minute),
  late_s,
})
const change = (part: Partial<ProposedVisit> = {}): ProposedVisit => ({
  visit_id: 'v',
  at: at(20),
  old: stop('1', 30),
  new: stop('2', 20),
  later_s: -600,
  is_urgent_later: false,
  is_late: false,
  is_next: false,
  why: [],
  ...part,
})

describe('what a proposal brings', () => {
  it('says what is gained first, and what it costs after "wel"', () => {
    const after = totals({ travel_s: 6360, distance_m: 71_000, late_s: 0, other_region: 1 })
    expect(summary({ before: totals({ late_s: 900, late_visits: 1 }), after, visits: [] })).toBe(
      '1 bezoek minder te laat, 14 min minder rijden, 9 km minder; wel 1 bezoek meer buiten de regio.',
    )
  })
  it('says honestly when it only costs driving', () => {
    expect(summary({ before: totals(), after: totals({ travel_s: 7500 }), visits: [] })).toBe('5 min meer rijden.')
  })
  it('names a visit that gets a car at last before anything else', () => {
    const said = summary({ before: totals({ without_car: 2 }), after: totals({ travel_s: 7800 }), visits: [] })
    expect(said).toBe('2 bezoeken alsnog een auto; wel 10 min meer rijden.')
  })
  it('still says something when only the order changes', () => {
    expect(summary({ before: totals(), after: totals(), visits: [change()] })).toBe(
      'Andere volgorde: 1 bezoek op een andere tijd.',
    )
  })
  it('leaves out what is zero on both sides, and calls less than a minute the same', () => {
    const lines = totalLines(totals(), totals({ travel_s: 7230, cars_used: 4 }))
    expect(lines.map((line) => line.name)).toEqual(['Rijden', 'Kilometers', 'Auto’s op pad'])
    expect(lines[0]).toMatchObject({ change: 'gelijk', tone: 'same' })
    expect(lines[2]).toMatchObject({ before: '3', after: '4', change: '1 meer', tone: 'same' })
  })
  it('gives the difference that a reader gets by subtracting', () => {
    const kilometres = totalLines(totals({ distance_m: 85_360 }), totals({ distance_m: 43_140 }))[1]
    expect(kilometres).toMatchObject({ before: '85,4 km', after: '43,1 km', change: '42,3 km minder' })
  })
  it('colours nothing that it does not also say', () => {
    const [driving, , late] = totalLines(totals({ late_visits: 0 }), totals({ travel_s: 6600, late_visits: 2 }))
    expect(driving).toMatchObject({ before: '2 uur', after: '1 uur 50 min', change: '10 min minder', tone: 'good' })
    expect(late).toMatchObject({ name: 'Bezoeken te laat', before: '0', after: '2', change: '2 meer', tone: 'bad' })
  })
})

describe('who arrives when', () => {
  it('says how much sooner or later, and when the window is missed or kept again', () => {
    expect(shiftOf(change())).toEqual({ text: '10 min eerder', tone: 'good' })
    expect(shiftOf(change({ later_s: 540 }))).toEqual({ text: '9 min later', tone: 'same' })
    expect(shiftOf(change({ later_s: 540, is_late: true }))).toEqual({ text: '9 min later, dan te laat', tone: 'bad' })
    expect(shiftOf(change({ old: stop('1', 30, 600), later_s: -900 }))).toEqual({
      text: '15 min eerder, weer op tijd',
      tone: 'good',
    })
    expect(shiftOf(change({ old: stop('1', 30, 600), later_s: -60, is_late: true }))).toEqual({
      text: '1 min eerder, nog te laat',
      tone: 'same',
    })
    expect(shiftOf(change({ later_s: 0 }))).toEqual({ text: 'zelfde tijd', tone: 'same' })
  })
  it('never calls it good when somebody who called waits longer', () => {
    expect(shiftOf(change({ later_s: 120, is_urgent_later: true })).tone).toBe('bad')
  })
  it('tells of a visit that gets a car, and knows what moves', () => {
    expect(shiftOf(change({ old: null, later_s: null })).text).toBe('krijgt een auto')
    expect([isMoved(change()), isMoved(change({ new: stop('1', 20) })), isMoved(change({ old: null }))]).toEqual([
      true,
      false,
      true,
    ])
  })
  it('gives the reasons as pieces of a sentence, the old car’s drawback with its name', () => {
    const why = [
      { code: 'first_there', params: {} },
      { code: 'dearer', params: { extra: 540, car_name: 'Auto 1' } },
      { code: 'too_late', params: { arrive_at: at(30), latest_at: at(20), car_name: 'Auto 3' } },
      { code: 'in_time', params: {} },
    ]
    expect(whyText(why)).toBe(
      'het eerst ter plaatse · bij auto 1 kost het 9 min meer · auto 3: is er op zijn vroegst om 02:44; uiterlijk 02:34 is nodig',
    )
  })
})

describe('where it stands', () => {
  it('counts what stood fast, each for its own reason', () => {
    expect(fixedText({ under_way: 1, accepted: 0, locked: 0, by_desk: 2 })).toBe(
      '3 bezoeken stonden vast: 1 onderweg of binnen, 2 door de zorgcentrale toegewezen.',
    )
    expect(fixedText({ under_way: 0, accepted: 0, locked: 1, by_desk: 0 })).toBe('1 bezoek stond vast: 1 vastgezet.')
    expect(fixedText({ under_way: 0, accepted: 0, locked: 0, by_desk: 0 })).toBe('')
  })
  it('shows how far the search is, and does not pretend when it takes too long', () => {
    expect(progress(at(0), 5, NOW + 3400)).toEqual({ done_s: 3, text: 'Zoekt: 3 van 5 seconden.' })
    expect(progress(at(0), 5, NOW + 7000).text).toBe('Bijna klaar: het plan wordt nagekeken.')
    expect(progress(at(0), 5, NOW + 60_000).text).toContain('langer dan verwacht')
    expect(progress(at(0), 5, NOW - 2000).done_s).toBe(0)
  })
  it('has a sentence for every end', () => {
    const told = { decided_by: 'Noor Willems', reason: 'Fatma kent deze straat', note: null }
    expect(stateText(told, 'declined')).toBe(
      'Afgewezen door Noor Willems: Fatma kent deze straat. De routes bleven zoals ze waren.',
    )
    expect(stateText(told, 'overtaken')).toContain('reken opnieuw')
    for (const state of ['nothing_better', 'failed', 'cancelled', 'accepted', 'undone'] as const)
      expect(stateText(told, state)).toMatch(/\.$/)
  })
})
