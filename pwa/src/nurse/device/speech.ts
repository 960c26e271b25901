/** Reads a call aloud in Dutch, for a nurse with both hands on the wheel. The voice lives in the phone; nothing is sent. */
import { clock } from '$shared/time'
import { URGENCY_WORDS } from '$shared/urgency'
import type { Visit } from '../sync/types'
import { addressLines } from './navigation'

export const canSpeak = (): boolean => 'speechSynthesis' in globalThis

/** What is said; also tested without a voice. */
export function spoken(visit: Visit): string {
  const { client } = visit
  return [
    `Urgentie ${visit.urgency.slice(1)}, ${URGENCY_WORDS[visit.urgency]}.`,
    `${client.label}${client.age === null ? '' : `, ${client.age} jaar`}.`,
    `${addressLines(client).join(', ')}.`,
    `${visit.complaint}.`,
    visit.question,
    client.alerts.length ? `Let op: ${client.alerts.join(', ')}.` : null,
    client.treatment_limits ? `Afspraak: ${client.treatment_limits}.` : null,
    visit.kind === 'unplanned' ? `Er zijn uiterlijk om ${clock(visit.window_end)}.` : null,
  ]
    .filter(Boolean)
    .join(' ')
}

export function speak(text: string, ended: () => void): void {
  speechSynthesis.cancel()
  const speech = new SpeechSynthesisUtterance(text)
  speech.lang = 'nl-NL'
  speech.rate = 0.95
  const voice = speechSynthesis.getVoices().find(({ lang }) => lang.startsWith('nl'))
  if (voice) speech.voice = voice
  speech.onend = ended
  speech.onerror = ended
  speechSynthesis.speak(speech)
}

export const hush = (): void => speechSynthesis.cancel()
