/** `Intl`'s formats by language and options, each made once: making one costs far more than using it. */

const made = new Map<string, unknown>();

/**
 * A format of this kind.
 * @param locale BCP 47; one that is none falls back to English, and so do the pseudo-locales.
 */
export function intl<Format, Options>(
  Kind: new (locale: string, options: Options) => Format,
  locale: string,
  options: Options,
): Format {
  const key = `${Kind.name} ${locale} ${JSON.stringify(options)}`;
  let format = made.get(key) as Format | undefined;
  if (!format) {
    try {
      format = new Kind(locale.startsWith('qps') ? 'en' : locale, options);
    } catch {
      format = new Kind('en', options);
    }
    made.set(key, format);
  }
  return format;
}
