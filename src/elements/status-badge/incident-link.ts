/** The address of an incident's page, as the page says where they are. */
import type { BadgeStatus } from './host.ts';

/**
 * @param template `/incidents/{id}`; `{check}` is put in too.
 * @param incident its id. Default: the one that is open.
 * @returns undefined where there is no incident, or the address is none of the web.
 */
export function incidentLink(
  template: string,
  { incident, check }: BadgeStatus,
  id = incident?.id,
): string | undefined {
  if (!template || id === undefined) return undefined;
  const href = template
    .replaceAll('{id}', () => encodeURIComponent(id))
    .replaceAll('{check}', () => encodeURIComponent(check ?? ''));
  return URL.canParse(href, document.baseURI) && /^https?:$/.test(new URL(href, document.baseURI).protocol)
    ? href
    : undefined;
}
