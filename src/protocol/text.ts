/** Whether text can be stored and shown everywhere: no U+0000 and no lone surrogate. */
export function isCleanText(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0') && value.isWellFormed();
}
