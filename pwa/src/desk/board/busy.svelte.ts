/** One thing at a time: what is asked again before the answer came is not asked twice. */
export class Busy {
  is = $state(false)

  async during(work: () => Promise<unknown>): Promise<void> {
    if (this.is) return
    this.is = true
    try {
      await work()
    } finally {
      this.is = false
    }
  }
}
