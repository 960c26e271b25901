/** The sound of the desk: on or off, what is new since the last board, and the alarm that repeats until it was seen. */
import type { Board } from '../server/types'
import { messages } from './messages.svelte'
import { openAlarms } from './queue'
import { cueFor, REPEAT_MS, rings, Sound } from './sound'

class Bell {
  isOn = $state(false)
  private readonly sound = new Sound()
  private knownUrgent: Set<string> | null = null
  private rangAt = 0

  async turnOn(): Promise<void> {
    await this.sound.arm()
    this.isOn = this.sound.isOn
  }
  async turnOff(): Promise<void> {
    await this.sound.silence()
    this.isOn = this.sound.isOn
  }

  /** What a new board asks to be heard. */
  hear(board: Board): void {
    // What was already there when the desk was opened is on the screen; it needs no sound.
    const { cue, urgent } = cueFor(board, this.knownUrgent ?? new Set(board.visits.map((visit) => visit.id)))
    this.knownUrgent = urgent
    if (cue === 'urgent') {
      this.sound.play('urgent')
      messages.spoken.now = 'Nieuwe U2 wacht op een auto.'
    }
    const newest = openAlarms(board).at(-1)
    if (newest) messages.spoken.now = `Alarm: ${newest.car_name ?? ''} ${newest.reference ?? ''}`
  }

  tick(board: Board, now: number): void {
    this.isOn = this.sound.isOn
    if (rings(board) && now - this.rangAt >= REPEAT_MS) {
      this.rangAt = now
      this.sound.play('alarm')
    }
  }
}

export const bell = new Bell()
