/** The clock of this computer: whatever counts down looks at it, and one timer moves it. */
class WallClock {
  now = $state(Date.now())

  tick(): void {
    this.now = Date.now()
  }
}

export const wallClock = new WallClock()
