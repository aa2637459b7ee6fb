// Collects the errors of the page from its start, because not every driver reports them.
window.pageErrors = []
for (const level of ['error', 'warn']) {
  const write = console[level]
  console[level] = (...parts) => {
    window.pageErrors.push(parts.join(' '))
    write.apply(console, parts)
  }
}
addEventListener('error', ({ message }) => window.pageErrors.push(`uncaught: ${message}`))
addEventListener('unhandledrejection', ({ reason }) => window.pageErrors.push(`unhandled: ${reason}`))
addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
  window.pageErrors.push(`blocked by ${violatedDirective}: ${blockedURI}`),
)
