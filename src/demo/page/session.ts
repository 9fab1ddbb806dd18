/** Of this tab alone: two tabs can be two users. */
const KEPT = 'name';

/** Why a request failed, in words for the user. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    message: string,
    readonly status?: number,
  ) {
    super(message);
  }
}

interface Login {
  readonly token: string;
  readonly userId: string;
}

/** A user of the demo, in which a name is all it takes to become one. */
export class Session {
  #token: string;

  private constructor(
    readonly name: string,
    readonly userId: string,
    token: string,
  ) {
    this.#token = token;
  }

  /** @throws ApiError saying what is wrong with the name */
  static async login(name: string): Promise<Session> {
    const { token, userId } = await login(name);
    sessionStorage.setItem(KEPT, name);
    return new Session(name, userId, token);
  }

  /** Who was logged in before the page was loaded anew. */
  static get keptName(): string | undefined {
    return sessionStorage.getItem(KEPT) ?? undefined;
  }

  static forget(): void {
    sessionStorage.removeItem(KEPT);
  }

  /** A new token: for each connection, so that none is too old. @throws ApiError */
  async token(): Promise<string> {
    this.#token = (await login(this.name)).token;
    return this.#token;
  }

  /** The answer of the REST API. @throws ApiError */
  async api<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await this.fetch(method, path, body);
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  /** @throws ApiError for what is no success */
  async fetch(method: string, path: string, body?: object): Promise<Response> {
    try {
      return await request(method, path, body, this.#token);
    } catch (error) {
      if ((error as ApiError).status !== 401) throw error;
      return request(method, path, body, await this.token());
    }
  }
}

async function login(name: string): Promise<Login> {
  return (await (await request('POST', 'login', { name })).json()) as Login;
}

async function request(method: string, path: string, body?: object, token?: string): Promise<Response> {
  const headers = { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) };
  let response: Response;
  try {
    response = await fetch(`/api/${path}`, { method, headers, body: body && JSON.stringify(body) });
  } catch {
    throw new ApiError('The server cannot be reached. Try again when you are online.');
  }
  if (response.ok) return response;
  throw new ApiError(await reasonOf(response), response.status);
}

/** The server's own words; where more than one thing is wrong, the first. */
async function reasonOf(response: Response): Promise<string> {
  try {
    const { message } = (await response.json()) as { message: string | string[] };
    const [reason] = [message].flat();
    return `${reason[0].toUpperCase()}${reason.slice(1)}${reason.endsWith('.') ? '' : '.'}`;
  } catch {
    return `The server answered ${response.status}.`;
  }
}
