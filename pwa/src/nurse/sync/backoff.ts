/** 1, 2, 4 .. 60 s, each with up to half of it as jitter, and never before the house said so (sync contract, point 3). */
export function waitMs(failures: number, retryAfterMs: number | null, random: () => number = Math.random): number {
  const step = Math.min(60_000, 1000 * 2 ** Math.min(failures, 6))
  return Math.max(step * (0.75 + random() / 2), retryAfterMs ?? 0)
}
