const PATIENCE_MS = 10_000;

/** Waits for evidence that no frame brings, such as a counter of the server's. */
export async function until(
  evidence: () => boolean | Promise<boolean>,
  what: string,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const end = Date.now() + patienceMs;
  while (!(await evidence())) {
    if (Date.now() > end) throw new Error(`${what}: did not happen`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
