const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

/** The time of day; with its date when that is not today's. */
export function timeOf(date: Date): string {
  return (date.toDateString() === new Date().toDateString() ? TIME : DAY).format(date);
}
