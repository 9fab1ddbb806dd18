const HUES = 8;

/** A person, by initials and a colour of their own. */
export function Avatar({ userId, name = userId }: { userId: string; name?: string }) {
  return (
    <span class={`avatar hue-${hueOf(userId)}`} aria-hidden="true">
      {initialsOf(name)}
    </span>
  );
}

/** Of "Zoë B. Miller" ZM, of "alice" AL. */
function initialsOf(name: string): string {
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? ['?'];
  const letters = words.length > 1 ? first(words[0], 1) + first(words.at(-1)!, 1) : first(words[0], 2);
  return letters.toUpperCase();
}

function first(word: string, count: number): string {
  return [...word].slice(0, count).join('');
}

function hueOf(userId: string): number {
  return [...userId].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)!) % 9973, 7) % HUES;
}
