// Runs before the first paint, so that nobody is dazzled at three in the morning. Same key and names as theme.ts.
;(function () {
  var theme = null
  try {
    theme = localStorage.getItem('nachtronde-theme')
  } catch {
    // Storage may be blocked: the page keeps the theme of its <html>.
  }
  if (theme === 'nacht' || theme === 'donker' || theme === 'licht') document.documentElement.dataset.theme = theme
})()
