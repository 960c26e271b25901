// Everything a nurse may look at or touch on this page, held against what a thumb and a tired eye need.
// WANTED is replaced by the contrast that the theme owes.
() => {
  const seen = (el) => el.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && el.getClientRects().length
    && !el.closest('.visually-hidden')
  const channels = (colour) => { const c = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
    c.fillStyle = colour; c.fillRect(0, 0, 1, 1); return [...c.getImageData(0, 0, 1, 1).data] }
  const light = (rgb) => { const [r, g, b] = rgb.map((v) => { v /= 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4 })
    return .2126 * r + .7152 * g + .0722 * b }
  const ground = (el) => { for (let up = el; up; up = up.parentElement) { const c = channels(getComputedStyle(up).backgroundColor)
    if (c[3] > 250) return c.slice(0, 3) } return channels(getComputedStyle(document.documentElement).backgroundColor).slice(0, 3) }
  const said = []
  for (const el of document.querySelectorAll('a, button, input, textarea, summary')) {
    if (!seen(el)) continue
    const box = (el.type === 'checkbox' ? el.closest('label') : el).getBoundingClientRect()
    if (box.height < 55.5 || box.width < 55.5) said.push(`too small: ${el.innerText || el.ariaLabel} ${box.width}x${box.height}`)
  }
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (words.nextNode()) {
    const el = words.currentNode.parentElement
    if (!words.currentNode.textContent.trim() || !seen(el) || el.closest('svg, script, noscript')) continue
    const [a, b] = [light(channels(getComputedStyle(el).color).slice(0, 3)), light(ground(el))].sort((x, y) => y - x)
    const contrast = (a + .05) / (b + .05)
    const size = parseFloat(getComputedStyle(el).fontSize)
    if (contrast < WANTED) said.push(`too faint: ${contrast.toFixed(1)} ${el.innerText.slice(0, 40)}`)
    if (size < 16) said.push(`too small a letter: ${size} ${el.innerText.slice(0, 40)}`)
  }
  if (document.documentElement.scrollWidth > innerWidth) said.push(`wider than the screen: ${document.documentElement.scrollWidth}`)
  return said
}
