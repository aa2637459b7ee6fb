// Runs before the first paint, so that nobody sees the other theme for a moment.
try {
  const theme = localStorage.getItem('theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Storage is off: the system decides.
}
