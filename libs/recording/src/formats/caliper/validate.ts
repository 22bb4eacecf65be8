import type { Issue } from '#kernel';
import { checkItem, versionOf } from './check.js';
import { checkEndpointConfiguration, looksLikeConfiguration } from './endpoint-configuration.js';
import { checkEnvelope, isEnvelope } from './envelope.js';
import { partOf, type Written } from './written.js';

/**
 * What is wrong with a Caliper document, if anything: an envelope with its data, an event, an
 * entity, a system identifier, a selector, or the configuration of an endpoint. `numbers` are its
 * numbers as they were written (see `Written`), if known. Pointers begin at the document.
 */
export const validateCaliper = (value: unknown, numbers?: Written['numbers']): readonly Issue[] => {
  if (isEnvelope(value)) {
    const { version, issues } = checkEnvelope(value);
    if (!version || issues.length > 0) return issues;
    const data = (value as { readonly data: readonly unknown[] }).data;
    const written = partOf(numbers, 'data');
    return data.flatMap((item, n) => checkItem(item, version, `#/data/${n}`, partOf(written, n)));
  }
  if (looksLikeConfiguration(value)) return checkEndpointConfiguration(value);
  const context = (value as { readonly '@context'?: unknown } | null)?.['@context'];
  return checkItem(value, versionOf(context) ?? '1.2', '#', numbers);
};
