/**
 * Ends when the device goes offline. A browser leaves it open then, and the client would wait for a heartbeat to fail
 * before it says so.
 */
export class LiveSocket extends WebSocket {
  constructor(url: string, protocols?: string[]) {
    super(url, protocols);
    const end = (): void => {
      this.dispatchEvent(new CloseEvent('close', { code: 1006, reason: 'offline' }));
      this.close();
    };
    addEventListener('offline', end);
    this.addEventListener('close', () => removeEventListener('offline', end));
  }
}
