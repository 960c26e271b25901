/** The desk's two sounds, made by the browser itself: a call for what nobody answered, and a softer one for a new U2. */
import { openAlarms } from './queue'
import type { Board } from '../server/types'

export type Cue = 'alarm' | 'urgent' | null
export const REPEAT_MS = 4_000

/** Which sound this board asks for. Only an acknowledgement ends the alarm; a new U2 sounds once. */
export function cueFor(board: Board, knownUrgent: Set<string>): { cue: Cue; urgent: Set<string> } {
  const urgent = new Set(
    board.visits.filter((visit) => visit.status === 'open' && visit.urgency === 'U2').map((visit) => visit.id),
  )
  const isNew = [...urgent].some((id) => !knownUrgent.has(id))
  return { cue: rings(board) ? 'alarm' : isNew ? 'urgent' : null, urgent }
}

const TONES: Record<'alarm' | 'urgent', [hertz: number, start: number][]> = {
  alarm: [
    [880, 0],
    [660, 0.18],
    [880, 0.36],
    [660, 0.54],
  ],
  urgent: [
    [523, 0],
    [659, 0.22],
  ],
}

/** A phone that is silent blinks on the board; it does not ring all night long. */
export const rings = (board: Board): boolean => openAlarms(board).some((alarm) => alarm.kind !== 'push_dead')

export class Sound {
  private context: AudioContext | null = null

  /** A browser makes no sound before a person clicked: the click that turns it on also lets it be heard. */
  async arm(): Promise<boolean> {
    try {
      this.context ??= new AudioContext()
      await this.context.resume()
      this.play('urgent')
      return this.context.state === 'running'
    } catch {
      return false
    }
  }
  get isOn(): boolean {
    return this.context?.state === 'running'
  }
  async silence(): Promise<void> {
    await this.context?.suspend()
  }
  play(cue: 'alarm' | 'urgent'): void {
    const context = this.context
    if (context === null || context.state !== 'running') return
    for (const [hertz, start] of TONES[cue]) {
      const tone = context.createOscillator()
      const volume = context.createGain()
      const from = context.currentTime + start
      tone.frequency.value = hertz
      tone.type = 'triangle'
      volume.gain.setValueAtTime(0, from)
      volume.gain.linearRampToValueAtTime(cue === 'alarm' ? 0.35 : 0.18, from + 0.02)
      volume.gain.linearRampToValueAtTime(0, from + 0.16)
      tone.connect(volume).connect(context.destination)
      tone.start(from)
      tone.stop(from + 0.17)
    }
  }
}
