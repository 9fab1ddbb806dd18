const { api = '', channels = '', health = '', socket = '' } = document.body.dataset;

/** Where the server says its parts are, as this page sees them; empty: it has none. */
export const PLACES = {
  api: toUrl(api),
  channels: channels && toUrl(channels),
  health: health && toUrl(health),
  socket: toUrl(socket).replace(/^http/, 'ws'),
};

function toUrl(place: string): string {
  return new URL(place, location.href).href;
}
