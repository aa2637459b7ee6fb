// Imports the given modules in a fresh process and prints how long that took.
const cpu = process.cpuUsage()
const start = performance.now()
for (const specifier of process.argv.slice(2)) {
  if (specifier === 'touch:fetch') void globalThis.Headers
  else await import(specifier)
}
const wallMs = performance.now() - start
const { user, system } = process.cpuUsage(cpu)
console.log(JSON.stringify({ wallMs, cpuMs: (user + system) / 1000 }))
process.exit()
