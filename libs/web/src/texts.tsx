import { readFileSync } from 'node:fs';
import { IntlMessageFormat } from 'intl-messageformat';
import { createContext, useContext } from 'react';
import type en from './messages/en.json';

/** The names of all texts; a text that is missing does not compile. */
export type TextKey = keyof typeof en;
type Values = Readonly<Record<string, string | number | Date>>;

/** A language we speak: its texts, the direction in which it is written, and its way with dates. */
export interface Locale {
  readonly lang: string;
  readonly dir: 'ltr' | 'rtl';
  /** BCP 47 tag for numbers and dates. */
  readonly formats: string;
  readonly messages: Readonly<Record<TextKey, string>>;
}

export const english: Locale = {
  lang: 'en',
  dir: 'ltr',
  formats: 'en-GB',
  messages: JSON.parse(
    readFileSync(new URL('./messages/en.json', import.meta.url), 'utf8'),
  ) as Locale['messages'],
};

/** What a component writes with: texts by key (ICU messages), dates and numbers. */
export class Texts {
  readonly #compiled = new Map<TextKey, IntlMessageFormat>();

  constructor(readonly locale: Locale) {}

  /** The text for a key, with its values filled in. Tags in it are plain characters. */
  text(key: TextKey, values?: Values): string {
    let message = this.#compiled.get(key);
    if (message === undefined) {
      const source = this.locale.messages[key];
      message = new IntlMessageFormat(source, this.locale.formats, undefined, { ignoreTag: true });
      this.#compiled.set(key, message);
    }
    return String(message.format(values));
  }

  /** A day in words: 12 June 2026. UTC, as all times of the ledger are. */
  day(time: string): string {
    return this.#date(time, { dateStyle: 'long' });
  }

  /** A moment in words: 12 June 2026 at 14:02 UTC. */
  moment(time: string): string {
    return `${this.#date(time, { dateStyle: 'long', timeStyle: 'short' })} UTC`;
  }

  number(value: number): string {
    return new Intl.NumberFormat(this.locale.formats, { maximumFractionDigits: 2 }).format(value);
  }

  country(code: string): string {
    return new Intl.DisplayNames(this.locale.formats, { type: 'region' }).of(code) ?? code;
  }

  #date(time: string, options: Intl.DateTimeFormatOptions): string {
    const date = new Date(time);
    if (Number.isNaN(date.getTime())) return time;
    return new Intl.DateTimeFormat(this.locale.formats, { ...options, timeZone: 'UTC' }).format(
      date,
    );
  }
}

export const TextsContext = createContext(new Texts(english));

/** The texts of the page that is being rendered. */
export const useTexts = (): Texts => useContext(TextsContext);
