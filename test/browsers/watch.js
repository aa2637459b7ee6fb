// Collects the errors of the page from its start, because not every driver reports them.
window.complaints = []
for (const level of ['error', 'warn']) {
  const write = console[level]
  console[level] = (...parts) => {
    window.complaints.push(parts.join(' '))
    write.apply(console, parts)
  }
}
addEventListener('error', ({ message }) => window.complaints.push(`uncaught: ${message}`))
addEventListener('unhandledrejection', ({ reason }) => window.complaints.push(`unhandled: ${reason}`))
addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
  window.complaints.push(`blocked by ${violatedDirective}: ${blockedURI}`),
)
