// Checks that importing the entries has no side effect: no global is added, and none is read that a runtime might lack or
// load on first use (Node's fetch takes 25 ms to load).
const watched = ['fetch', 'Headers', 'Request', 'Response', 'indexedDB', 'navigator', 'location', 'localStorage']
const reads = []
for (const name of watched) {
  Object.defineProperty(globalThis, name, { configurable: true, get: () => void reads.push(name) })
}
const before = Object.getOwnPropertyNames(globalThis)
const entries = ['lmstudio-provider', 'lmstudio-provider/ai-sdk', 'lmstudio-provider/testing']
for (const entry of entries) await import(entry)
const added = Object.getOwnPropertyNames(globalThis).filter((name) => !before.includes(name))
if (reads.length > 0 || added.length > 0) {
  throw new Error(`Importing ${entries.join(', ')} reads [${reads}] and adds [${added}].`)
}
