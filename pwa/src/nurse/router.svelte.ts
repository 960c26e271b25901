/** Where she is in the app, kept in the address after the #, so that the phone's own back gesture works. */
export type Route = { name: 'home' | 'settings' | 'sent' } | { name: 'visit' | 'report'; id: string }

function parse(hash: string): Route {
  const [name, id] = hash.replace(/^#\/?/, '').split('/')
  if ((name === 'visit' || name === 'report') && id) return { name, id: decodeURIComponent(id) }
  if (name === 'settings' || name === 'sent') return { name }
  return { name: 'home' }
}

class Router {
  route = $state.raw<Route>(parse(location.hash))

  constructor() {
    addEventListener('hashchange', () => {
      this.route = parse(location.hash)
      scrollTo(0, 0)
    })
  }

  go(to: string): void {
    location.hash = to
  }

  /** Goes on without leaving this screen in the way of the back gesture. */
  replace(to: string): void {
    history.replaceState(null, '', to ? `#${to}` : location.pathname)
    this.route = parse(to)
    scrollTo(0, 0)
  }
}

export const router = new Router()
export const href = {
  visit: (id: string) => `#visit/${id}`,
  report: (id: string) => `#report/${id}`,
  settings: '#settings',
  sent: '#sent',
  home: '#/',
}
