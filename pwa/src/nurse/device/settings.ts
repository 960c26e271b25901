/** Choices that belong to the telephone, not to the nurse. */
export interface Settings {
  navigation: 'ask' | 'geo' | 'apple' | 'google' | 'waze'
  position: 'on' | 'off'
  push: 'on' | 'off' | 'later'
}

const DEFAULTS: Settings = { navigation: 'ask', position: 'on', push: 'later' }
const key = (name: string) => `nachtronde-${name}`

export function setting<N extends keyof Settings>(name: N): Settings[N] {
  try {
    return (localStorage.getItem(key(name)) as Settings[N] | null) ?? DEFAULTS[name]
  } catch {
    return DEFAULTS[name]
  }
}

export function choose<N extends keyof Settings>(name: N, value: Settings[N]): void {
  try {
    localStorage.setItem(key(name), value)
  } catch {
    // Blocked storage: the choice lasts as long as the page.
  }
}
