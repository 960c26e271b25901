import { describe, expect, test } from 'vitest'
import { addressLines, navigationApps, navigationLink } from './device/navigation'
import { spoken } from './device/speech'
import { hasChip, isTouched, missing, newReport, SCALES, setMeasured, stepped, toggleChip } from './report'
import { aVisit } from './sync/testing/house'

describe('the report', () => {
  test('a chip writes its own sentence and takes back only that one', () => {
    let text = toggleChip('Pijn sinds 01:30', 'Urine troebel')
    expect(text).toBe('Pijn sinds 01:30. Urine troebel.')
    text = toggleChip(text, 'Blaas voelt vol')
    expect(hasChip(text, 'urine troebel')).toBe(true)
    expect(toggleChip(text, 'Urine troebel')).toBe('Pijn sinds 01:30. Blaas voelt vol.')
  })

  test('a stepper starts at a usual value, moves without dust, and stops at the end', () => {
    const { temperature, pain } = SCALES as Record<'temperature' | 'pain', (typeof SCALES)[string]>
    expect(stepped('', temperature, 1)).toBe('37')
    expect(stepped('37,1', temperature, 1)).toBe('37,2')
    expect(stepped('36,9', temperature, -1)).toBe('36,8')
    expect(stepped('10', pain, 1)).toBe('10')
  })

  test('says what is missing, and nothing when it is whole', () => {
    const draft = newReport(null, null)
    expect(missing(draft)).toContain('Schrijf of kies')
    setMeasured(draft, 'pain', '3', '')
    expect(missing(draft)).toContain('opgelost')
    draft.problem_solved = 'yes'
    expect(missing(draft)).toBeNull()
    draft.procedures = [{ code: 'bladder_catheter', text: 'Gewisseld', order_source: null }]
    expect(missing(draft)).toContain('opdracht')
  })

  test('an addition stands on the report before it and has its own id', () => {
    const first = {
      ...newReport(aVisit('a', { question: 'Katheter loopt niet' }), null),
      problem_solved: 'yes' as const,
    }
    const second = newReport(aVisit('a'), first)
    expect(second.parent_id).toBe(first.report_id)
    expect(second.report_id).not.toBe(first.report_id)
    expect(second.subjective).toBe('Katheter loopt niet')
  })

  test('an untouched report is not worth a draft', () => {
    const fresh = newReport(aVisit('a'), null)
    expect(isTouched({ ...fresh }, fresh)).toBe(false)
    expect(isTouched({ ...fresh, plan: 'Gewisseld.' }, fresh)).toBe(true)
  })
})

describe('the way there', () => {
  const { client } = aVisit('a')

  test('an address reads as on an envelope', () => {
    expect(addressLines(client)).toEqual(['Hoofdweg 214-2', '1056 DL Amsterdam'])
    expect(addressLines({ ...client, postcode: '1056DL' })[1]).toBe('1056 DL Amsterdam')
  })

  test('a link holds a place and never a name', () => {
    for (const app of navigationApps(true).concat(navigationApps(false))) {
      expect(navigationLink(app, client)).toContain('52.37,4.85')
      expect(navigationLink(app, client)).not.toContain('Mw')
    }
  })

  test('a place that is only a postcode area is looked up by its address', () => {
    expect(navigationLink('google', { ...client, precision: 'pc4' })).toContain('Hoofdweg%20214-2')
  })

  test('an iPhone gets no geo link and an Android no Apple maps', () => {
    expect(navigationApps(true)).not.toContain('geo')
    expect(navigationApps(false)).not.toContain('apple')
  })
})

test('read aloud: urgency, who, where, why and by when, and no code', () => {
  const text = spoken(aVisit('a', { urgency: 'U2' }))
  expect(text).toContain('Urgentie 2, spoed')
  expect(text).toContain('Hoofdweg 214-2')
  expect(text).toContain('Er zijn uiterlijk om 02:30')
})
