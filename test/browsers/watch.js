// Collects what goes wrong in the page, from its first moment; not every driver tells.
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
