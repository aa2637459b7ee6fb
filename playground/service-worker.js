// Keeps the page itself for times without a network. The build writes the names of its files into it.
const FILES = new Set(__FILES__.map((file) => new URL(file, location.href).href))
const CACHE = `playground-${__VERSION__}`
const PAGE = new URL('./', location.href).href

addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([PAGE, ...FILES])))
})

// A newer one takes over when no page of the older is open any more: its files go with it.
addEventListener('activate', (event) => {
  const forget = async () => {
    const names = await caches.keys()
    await Promise.all(
      names.filter((name) => name.startsWith('playground-') && name !== CACHE).map((name) => caches.delete(name)),
    )
    await clients.claim()
  }
  event.waitUntil(forget())
})

addEventListener('fetch', (event) => {
  const { request } = event
  if (request.method !== 'GET') return
  const url = new URL(request.url)
  const isPage = request.mode === 'navigate' && url.origin + url.pathname === PAGE
  // Files of the build by their whole name, and nothing else: never a request to a server of models.
  if (isPage) event.respondWith(fetch(request).catch(() => caches.match(PAGE)))
  else if (FILES.has(url.href)) event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)))
})
