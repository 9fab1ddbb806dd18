/** Whether people would find it: however it is capitalised. */
export function includes(text: string | undefined, part: string): boolean {
  return text !== undefined && text.toLowerCase().includes(part.toLowerCase());
}
