/** Two soft tones and a buzz while the app is open. Browsers allow sound only after the first touch of the page. */
let audio: AudioContext | null = null

addEventListener('pointerdown', () => (audio ??= makeAudio()), { once: true, capture: true })

function makeAudio(): AudioContext | null {
  try {
    return new AudioContext()
  } catch {
    return null
  }
}

/** A page that nobody has touched yet may not vibrate: asking all the same is only an error in the log. */
export function buzz(pattern: number | number[]): void {
  if (navigator.userActivation?.hasBeenActive === false) return
  navigator.vibrate?.(pattern)
}

export function ring(): void {
  buzz([300, 150, 300])
  if (audio === null) return
  void audio.resume()
  for (const [start, hertz] of [
    [0, 660],
    [0.25, 880],
    [0.9, 660],
    [1.15, 880],
  ] as const) {
    const tone = audio.createOscillator()
    const volume = audio.createGain()
    const at = audio.currentTime + start
    tone.frequency.value = hertz
    volume.gain.setValueAtTime(0.0001, at)
    volume.gain.exponentialRampToValueAtTime(0.2, at + 0.03)
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.22)
    tone.connect(volume).connect(audio.destination)
    tone.start(at)
    tone.stop(at + 0.24)
  }
}
