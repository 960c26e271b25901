export const THEMES = ['nacht', 'donker', 'licht'] as const
export type Theme = (typeof THEMES)[number]

export const THEME_NAMES: Record<Theme, string> = { nacht: 'Nacht', donker: 'Donker', licht: 'Licht' }

const KEY = 'nachtronde-theme'

export function currentTheme(): Theme {
  const theme = document.documentElement.dataset['theme']
  return THEMES.find((known) => known === theme) ?? 'nacht'
}

/** Changes the theme now and remembers it on this device; theme-first.js reads it back before the next first paint. */
export function chooseTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme
  colourTheBrowser()
  try {
    localStorage.setItem(KEY, theme)
  } catch {
    // Storage may be blocked: then the choice lasts as long as the page.
  }
}

/** Gives the browser's own bar the colour of the ground. */
export function colourTheBrowser(): void {
  const ground = getComputedStyle(document.documentElement).getPropertyValue('--ground').trim()
  if (ground) document.querySelector('meta[name="theme-color"]')?.setAttribute('content', ground)
}
