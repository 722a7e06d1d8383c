import { isObject, type JsonObject, type JsonValue } from './values.ts';

/** The object as it is, with note taken of the values that are read: of the keys that lead to each, joined by dots. */
export function tracked(value: JsonObject, reads: Set<string>, path = ''): JsonObject {
  return new Proxy(value, {
    get(target, key) {
      const inner: JsonValue | undefined = Reflect.get(target, key);
      if (typeof key !== 'string') return inner;
      const at = path === '' ? key : `${path}.${key}`;
      if (isObject(inner)) return tracked(inner, reads, at);
      reads.add(at);
      return inner;
    },
  });
}
