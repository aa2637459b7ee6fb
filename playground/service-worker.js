// Serves the page offline. The build inserts the list of its files.
const FILES = new Set(__FILES__.map((file) => new URL(file, location.href).href))
const CACHE = `playground-${__VERSION__}`
const PAGE = new URL('./', location.href).href

addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([PAGE, ...FILES])))
})

// A new service worker activates once no page uses the old one, and deletes the old files.
addEventListener('activate', (event) => {
  const deleteOldCaches = async () => {
    const names = await caches.keys()
    await Promise.all(
      names.filter((name) => name.startsWith('playground-') && name !== CACHE).map((name) => caches.delete(name)),
    )
    await clients.claim()
  }
  event.waitUntil(deleteOldCaches())
})

addEventListener('fetch', (event) => {
  const { request } = event
  if (request.method !== 'GET') return
  const url = new URL(request.url)
  const isPage = request.mode === 'navigate' && url.origin + url.pathname === PAGE
  // Only files of the build, matched by their full URL. Requests to a model server are never intercepted.
  if (isPage) event.respondWith(fetch(request).catch(() => caches.match(PAGE)))
  else if (FILES.has(url.href)) event.respondWith(caches.match(request).then((cached) => cached ?? fetch(request)))
})
