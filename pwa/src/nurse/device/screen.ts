/** Keeps the screen on while she drives to a visit, where the browser can. */
let lock: WakeLockSentinel | null = null

export async function keepAwake(isWanted: boolean): Promise<void> {
  try {
    if (!isWanted) {
      await lock?.release()
      lock = null
    } else if ((lock === null || lock.released) && document.visibilityState === 'visible') {
      lock = (await navigator.wakeLock?.request('screen')) ?? null
    }
  } catch {
    // A nearly empty battery refuses: then the screen goes dark as always.
  }
}
