import { beforeAll, describe, expect, it, vi } from 'vitest'

let bell: typeof import('./bell')
const vibrate = vi.fn()

beforeAll(async () => {
  vi.stubGlobal('addEventListener', () => undefined)
  bell = await import('./bell')
})

describe('a buzz', () => {
  const buzzOn = (userActivation: { hasBeenActive: boolean } | undefined): number => {
    vibrate.mockClear()
    vi.stubGlobal('navigator', { vibrate, userActivation })
    bell.buzz(300)
    return vibrate.mock.calls.length
  }

  it('is not asked for on a page that nobody has touched yet', () => expect(buzzOn({ hasBeenActive: false })).toBe(0))
  it('is felt once she has touched it', () => expect(buzzOn({ hasBeenActive: true })).toBe(1))
  it('is tried on a browser that does not say', () => expect(buzzOn(undefined)).toBe(1))
  it('is left out where a phone cannot', () => {
    vi.stubGlobal('navigator', { userActivation: { hasBeenActive: true } })
    expect(() => bell.buzz(300)).not.toThrow()
  })
})
