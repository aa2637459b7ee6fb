// Importing the entries that need no Node touches nothing outside them: no global is read that a runtime might lack or
// load late (Node's own fetch takes 25 ms to load), and none is added.
const watched = ['fetch', 'Headers', 'Request', 'Response', 'indexedDB', 'navigator', 'location', 'localStorage']
const touched = []
for (const name of watched) {
  Object.defineProperty(globalThis, name, { configurable: true, get: () => void touched.push(name) })
}
const before = Object.getOwnPropertyNames(globalThis)
const entries = ['lmstudio-provider', 'lmstudio-provider/testing']
for (const entry of entries) await import(entry)
const added = Object.getOwnPropertyNames(globalThis).filter((name) => !before.includes(name))
if (touched.length > 0 || added.length > 0) {
  throw new Error(`Importing ${entries.join(' and ')} read [${touched}] and added [${added}].`)
}
