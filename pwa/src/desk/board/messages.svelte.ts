/** What the desk says: a line on the screen that goes by itself, and what a screen reader reads aloud. */
import { wallClock } from './wall-clock.svelte'

export interface Toast {
  id: number
  text: string
  tone: 'good' | 'bad' | 'plain'
  undo: (() => void) | null
  until: number
}

class Messages {
  private said = $state.raw<Toast[]>([])
  shown = $derived(this.said.filter((toast) => toast.until > wallClock.now))
  /** Read aloud: alarms at once, the rest when it suits. */
  spoken = $state({ now: '', later: '' })
  private number = 0

  say(text: string, tone: Toast['tone'] = 'plain', undo: Toast['undo'] = null): void {
    this.number += 1
    // What went wrong stays long enough to be read twice; an undo stays for eight seconds.
    const stays = undo ? 8_000 : tone === 'bad' ? 12_000 : 5_000
    this.said = [...this.shown.slice(-2), { id: this.number, text, tone, undo, until: Date.now() + stays }]
    if (tone === 'bad') this.spoken.now = text
    else this.spoken.later = text
  }
  dismiss(toast: Toast): void {
    this.said = this.said.filter((other) => other.id !== toast.id)
  }
  undo(toast: Toast): void {
    this.dismiss(toast)
    toast.undo?.()
  }
}

export const messages = new Messages()
