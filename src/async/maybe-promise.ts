/** Goes on with a value at once, or when it is there. What is not asynchronous does not wait for a microtask. */
export function mapMaybePromise<T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  // A host's thenable need not be a Promise in all it does.
  return isPromise(value) ? Promise.resolve(value).then(next) : next(value);
}

export function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Promise<T>>).then === 'function';
}
