const WHOLE = new Intl.NumberFormat('en');
const ONE_DIGIT = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const TIME = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const DATE = new Intl.DateTimeFormat('en-CA', { dateStyle: 'short' });

/** 1,234; 12.3. */
export function number(value: number): string {
  return Math.abs(value) < 100 ? ONE_DIGIT.format(value) : WHOLE.format(Math.round(value));
}

/** 1.2 KB. */
export function bytes(value: number): string {
  const [size, unit] = value < 1e3 ? [value, 'B'] : value < 1e6 ? [value / 1e3, 'KB'] : [value / 1e6, 'MB'];
  return `${number(size)} ${unit}`;
}

/** 3.5 ms; 1.2 s. */
export function milliseconds(value: number): string {
  return value < 1000 ? `${number(value)} ms` : `${number(value / 1000)} s`;
}

/** The clock's time, and the date where it is another day's. */
export function moment(timestamp: string | number): string {
  const at = new Date(timestamp);
  const isToday = at.toDateString() === new Date().toDateString();
  return isToday ? TIME.format(at) : `${DATE.format(at)} ${TIME.format(at)}`;
}

/** With milliseconds. */
export function instant(at: number): string {
  return `${TIME.format(at)}.${String(new Date(at).getMilliseconds()).padStart(3, '0')}`;
}

/** 3 d 4 h; 5 min; 12 s. */
export function duration(seconds: number): string {
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3_600), Math.floor(seconds / 60)];
  if (days) return `${days} d ${hours % 24} h`;
  if (hours) return `${hours} h ${minutes % 60} min`;
  return minutes ? `${minutes} min` : `${Math.round(seconds)} s`;
}

/** "1 connection", "2 connections". */
export function count(value: number, noun: string): string {
  return `${number(value)} ${noun}${value === 1 ? '' : 's'}`;
}
