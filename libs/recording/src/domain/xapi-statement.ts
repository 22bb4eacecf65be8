/** A statement as xAPI 1.0.3 and 2.0 define it (§4), already checked for its form. */
export type LanguageMap = Readonly<Record<string, string>>;
type Extensions = Readonly<Record<string, unknown>>;

export interface StatementActor {
  readonly objectType?: 'Agent' | 'Group';
  readonly name?: string;
  readonly mbox?: string;
  readonly mbox_sha1sum?: string;
  readonly openid?: string;
  readonly account?: { readonly homePage: string; readonly name: string };
  readonly member?: readonly unknown[];
}

export interface StatementActivity {
  readonly objectType?: 'Activity';
  readonly id: string;
  readonly definition?: {
    readonly name?: LanguageMap;
    readonly description?: LanguageMap;
    readonly type?: string;
  };
}

export interface StatementScore {
  readonly scaled?: number;
  readonly raw?: number;
  readonly min?: number;
  readonly max?: number;
}

export interface Statement {
  readonly id?: string;
  readonly actor: StatementActor;
  readonly verb: { readonly id: string };
  readonly object:
    | StatementActivity
    | { readonly objectType: 'StatementRef'; readonly id: string }
    | { readonly objectType: 'Agent' | 'Group' | 'SubStatement' };
  readonly result?: {
    readonly score?: StatementScore;
    readonly success?: boolean;
    readonly completion?: boolean;
    readonly duration?: string;
    readonly extensions?: Extensions;
  };
  readonly context?: {
    readonly registration?: string;
    readonly language?: string;
    readonly extensions?: Extensions;
    readonly contextActivities?: {
      readonly parent?: StatementActivity | readonly StatementActivity[];
      readonly grouping?: StatementActivity | readonly StatementActivity[];
      readonly category?: StatementActivity | readonly StatementActivity[];
    };
  };
  readonly timestamp?: string;
  readonly attachments?: readonly {
    readonly contentType: string;
    readonly length: number;
    readonly sha2: string;
    readonly fileUrl?: string;
  }[];
}
