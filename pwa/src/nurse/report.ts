/** The visit report as it grows on the phone: an empty one, chips that write words, steppers that write numbers. */
import { uuid7 } from '$shared/uuid7'
import type { Pathway, Report, Section, Visit } from './sync/types'

export const SECTIONS: { code: Section; letter: string; title: string; hint: string }[] = [
  { code: 'subjective', letter: 'S', title: 'Wat vertelt de cliënt?', hint: 'In eigen woorden' },
  { code: 'objective', letter: 'O', title: 'Wat ziet en meet u?', hint: 'Aanvulling' },
  { code: 'evaluation', letter: 'E', title: 'Wat is er aan de hand?', hint: 'Uw conclusie' },
  { code: 'plan', letter: 'P', title: 'Wat is gedaan en afgesproken?', hint: 'Aanvulling' },
]

/** A draft may still lack the one answer that has no sensible default. */
export type Draft = Omit<Report, 'problem_solved'> & { problem_solved: Report['problem_solved'] | null }

/** A new report; a later version starts from the words of the one before it. */
export function newReport(visit: Visit | null, before: Report | null): Draft {
  const parent_id = before?.report_id ?? visit?.report_id ?? null
  if (before) return { ...structuredClone(before), report_id: uuid7(), parent_id }
  return {
    report_id: uuid7(),
    parent_id,
    subjective: visit?.question ?? '',
    objective: '',
    evaluation: '',
    plan: '',
    measurements: [],
    procedures: [],
    access_result: null,
    problem_solved: null,
    needed_after: 'none',
    safety_net_told: false,
    counterfactual: 'unknown',
    follow_ups: [],
    medication_given: [],
    incident: false,
  }
}

/** Has she written or chosen anything that would be a pity to lose? */
export const isTouched = (draft: Draft, fresh: Draft): boolean =>
  JSON.stringify({ ...draft, report_id: '' }) !== JSON.stringify({ ...fresh, report_id: '' })

const bare = (sentence: string) => sentence.trim().replace(/\.$/, '').toLowerCase()
const sentences = (text: string) => text.split(/(?<=\.)\s+|\n+/).filter(Boolean)

export const hasChip = (text: string, chip: string): boolean =>
  sentences(text).some((sentence) => bare(sentence) === bare(chip))

/** A chip writes its own sentence, and takes back only that one. */
export function toggleChip(text: string, chip: string): string {
  if (hasChip(text, chip))
    return sentences(text)
      .filter((sentence) => bare(sentence) !== bare(chip))
      .join(' ')
  const before = text.trim()
  return `${before}${before && !/[.!?]$/.test(before) ? '.' : ''}${before ? ' ' : ''}${chip}.`
}

export function pathwayOf(visit: Visit | null, pathways: Pathway[]): Pathway | null {
  return (
    pathways.find(({ id }) => id === visit?.pathway_id) ??
    pathways.find(({ id }) => id === 'generic') ??
    pathways[0] ??
    null
  )
}

/** Where a stepper begins and how it moves: a usual value, so that most measurements are a few taps. */
export interface Scale {
  start: number
  step: number
  min: number
  max: number
}
export const SCALES: Record<string, Scale> = {
  systolic: { start: 130, step: 5, min: 40, max: 300 },
  diastolic: { start: 80, step: 5, min: 20, max: 200 },
  pulse: { start: 75, step: 1, min: 20, max: 250 },
  temperature: { start: 37, step: 0.1, min: 28, max: 43 },
  saturation: { start: 97, step: 1, min: 40, max: 100 },
  pain: { start: 3, step: 1, min: 0, max: 10 },
  gcs: { start: 15, step: 1, min: 3, max: 15 },
  glucose: { start: 7, step: 0.1, min: 0.5, max: 60 },
  urine_volume: { start: 400, step: 50, min: 0, max: 4000 },
  dos: { start: 0, step: 1, min: 0, max: 13 },
}

/** One step up or down, without the dust of binary fractions; the first step gives the usual value. */
export function stepped(value: string, scale: Scale, direction: 1 | -1): string {
  const number = Number(value.replace(',', '.'))
  if (value.trim() === '' || Number.isNaN(number)) return written(scale.start)
  return written(Math.min(scale.max, Math.max(scale.min, Math.round((number + direction * scale.step) * 10) / 10)))
}

const written = (number: number): string => String(Math.round(number * 10) / 10).replace('.', ',')

export const measured = (draft: Draft, code: string): string =>
  draft.measurements.find((one) => one.code === code)?.value ?? ''

/** Sets, changes or (empty) removes one measurement. */
export function setMeasured(draft: Draft, code: string, value: string, unit: string): void {
  const rest = draft.measurements.filter((one) => one.code !== code)
  draft.measurements = value.trim() === '' ? rest : [...rest, { code, value: value.trim(), unit }]
}

/** Nobody should look for what is missing: the reason why it cannot go yet, or null. */
export function missing(draft: Draft): string | null {
  const words = SECTIONS.some(({ code }) => draft[code].trim()) || draft.measurements.length > 0
  if (!words) return 'Schrijf of kies eerst iets.'
  if (draft.problem_solved === null) return 'Kies of het probleem is opgelost.'
  if (draft.procedures.some(({ order_source }) => !order_source)) return 'Kies in wiens opdracht u de handeling deed.'
  if (draft.follow_ups.some(({ text }) => !text.trim())) return 'Schrijf bij ‘Nog doen’ wat er moet gebeuren.'
  return null
}
