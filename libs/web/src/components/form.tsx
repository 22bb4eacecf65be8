import { createContext, type ReactNode, useContext } from 'react';
import { EMPTY_FORM, type FieldProblem, type FormState } from '../form-state.js';
import { type TextKey, useTexts } from '../texts.js';

const FormContext = createContext<FormState>(EMPTY_FORM);

interface FormProps {
  readonly action: string;
  /** `get` for what is only asked for: it stands in the address then. */
  readonly method?: 'get' | 'post';
  readonly children: ReactNode;
  readonly state?: FormState;
  /** For forms with a file. */
  readonly multipart?: boolean;
  readonly label?: string;
}

/**
 * A form that is sent, with POST unless stated, and shown again, with what was typed, if something is wrong with
 * it. The browser's own bubbles are off: they vanish, and speak the browser's language.
 */
export const Form = ({ action, children, state = EMPTY_FORM, ...rest }: FormProps) => (
  <form
    method={rest.method ?? 'post'}
    action={action}
    noValidate
    encType={rest.multipart ? 'multipart/form-data' : undefined}
    aria-label={rest.label}
  >
    <FormContext value={state}>{children}</FormContext>
  </form>
);

const idOf = (name: string, value?: string): string =>
  `field-${name}${value === undefined ? '' : `-${value.replaceAll(/\W/gu, '')}`}`;

const useField = (name: string) => {
  const { values, problems } = useContext(FormContext);
  const messages = problems.filter(({ field }) => field === name).map(({ message }) => message);
  return { values: values[name] ?? [], messages, id: idOf(name) };
};

/** What is wrong, at the top of the page, each with a link to its field. */
export const ErrorSummary = ({ problems }: { readonly problems: readonly FieldProblem[] }) => {
  const t = useTexts();
  if (problems.length === 0) return null;
  return (
    <div className="problems" role="alert" tabIndex={-1} id="problems">
      <h2>{t.text('form.problems', { count: problems.length })}</h2>
      <ul>
        {problems.map(({ field, label, message }) => {
          const text = label === undefined ? message : t.text('form.problem', { label, message });
          return (
            <li key={`${field} ${message}`}>
              {field === undefined ? text : <a href={`#${idOf(field)}`}>{text}</a>}
            </li>
          );
        })}
      </ul>
    </div>
  );
};

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly optional?: boolean;
  /** One of several ways to answer: not required, and not called optional either. */
  readonly oneWay?: boolean;
}

const describedBy = (id: string, hint: string | undefined, hasProblem: boolean) =>
  [hint === undefined ? '' : `${id}-hint`, hasProblem ? `${id}-problem` : '']
    .filter(Boolean)
    .join(' ') || undefined;

const Label = ({ name, label, hint, optional }: FieldProps) => {
  const t = useTexts();
  const id = idOf(name);
  return (
    <>
      <label htmlFor={id}>{optional ? t.text('form.optional', { label }) : label}</label>
      <Hint id={id} text={hint} />
    </>
  );
};

const Hint = ({ id, text }: { readonly id: string; readonly text: string | undefined }) =>
  text === undefined ? null : (
    <p className="hint" id={`${id}-hint`}>
      {text}
    </p>
  );

const Problem = ({
  id,
  messages,
}: {
  readonly id: string;
  readonly messages: readonly string[];
}) =>
  messages.length === 0 ? null : (
    <p className="field-problem" id={`${id}-problem`}>
      {messages.join(' ')}
    </p>
  );

/** A part of a form that has problems of its own, beside those of its fields. */
export const Part = (props: {
  readonly name: string;
  readonly legend: string;
  readonly hint?: string;
  readonly className: string;
  readonly children: ReactNode;
}) => {
  const { name, legend, hint, className, children } = props;
  const { messages, id } = useField(name);
  return (
    <fieldset
      className={className}
      id={id}
      tabIndex={-1}
      aria-describedby={describedBy(id, hint, messages.length > 0)}
    >
      <legend>{legend}</legend>
      <Hint id={id} text={hint} />
      <Problem id={id} messages={messages} />
      {children}
    </fieldset>
  );
};

/** A key that makes sending the same form twice harmless. */
export const FormKey = ({ name = 'key' }: { readonly name?: string }) => {
  const { values } = useField(name);
  return <input type="hidden" name={name} value={values[0]} />;
};

type TextFieldProps = FieldProps & {
  readonly type?: 'text' | 'date' | 'url';
  readonly inputMode?: 'decimal' | 'numeric' | 'text' | 'url';
  readonly autoComplete?: string;
  readonly autoCapitalize?: 'characters' | 'words';
  readonly spellCheck?: boolean;
  readonly min?: string;
  readonly max?: string;
  /** As wide as what is typed into it. */
  readonly size?: 'short' | 'long';
};

export const TextField = (props: TextFieldProps) => {
  const { name, label: _label, hint, optional, type = 'text', size, ...input } = props;
  const { values, messages, id } = useField(name);
  return (
    <div className="field">
      <Label {...props} />
      <Problem id={id} messages={messages} />
      <input
        autoComplete="off"
        {...input}
        className={size === 'short' ? 'short' : undefined}
        id={id}
        name={name}
        type={type}
        defaultValue={values[0]}
        required={!optional}
        aria-invalid={messages.length > 0 || undefined}
        aria-describedby={describedBy(id, hint, messages.length > 0)}
      />
    </div>
  );
};

export const TextArea = (props: FieldProps & { readonly rows?: number }) => {
  const { name, hint, optional, oneWay, rows = 3 } = props;
  const { values, messages, id } = useField(name);
  return (
    <div className="field">
      <Label {...props} />
      <Problem id={id} messages={messages} />
      <textarea
        id={id}
        name={name}
        rows={rows}
        defaultValue={values[0]}
        required={!optional && !oneWay}
        aria-invalid={messages.length > 0 || undefined}
        aria-describedby={describedBy(id, hint, messages.length > 0)}
      />
    </div>
  );
};

interface Option {
  readonly value: string;
  readonly label: string;
  readonly note?: string | undefined;
}

export const Select = (props: FieldProps & { readonly options: readonly Option[] }) => {
  const { name, hint, optional, options } = props;
  const { values, messages, id } = useField(name);
  return (
    <div className="field">
      <Label {...props} />
      <Problem id={id} messages={messages} />
      <select
        id={id}
        name={name}
        defaultValue={values[0]}
        required={!optional}
        aria-invalid={messages.length > 0 || undefined}
        aria-describedby={describedBy(id, hint, messages.length > 0)}
      >
        {options.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </div>
  );
};

type ChoicesProps = FieldProps & {
  readonly kind: 'radio' | 'checkbox';
  readonly options: readonly Option[];
};

/** Radio buttons or check boxes under one question. */
export const Choices = ({ name, label, hint, kind, options, optional }: ChoicesProps) => {
  const t = useTexts();
  const { values, messages, id } = useField(name);
  return (
    <fieldset
      className="field choices"
      aria-describedby={describedBy(id, hint, messages.length > 0)}
    >
      <legend>{optional ? t.text('form.optional', { label }) : label}</legend>
      <Hint id={id} text={hint} />
      <Problem id={id} messages={messages} />
      {options.map(({ value, label: text, note }, index) => (
        <Choice
          key={value}
          id={index === 0 ? id : idOf(name, value)}
          checked={values.includes(value)}
          {...{ name, kind, value, text, note }}
        />
      ))}
    </fieldset>
  );
};

interface ChoiceProps {
  readonly id: string;
  readonly name: string;
  readonly kind: 'radio' | 'checkbox';
  readonly value: string;
  readonly text: string;
  readonly note: string | undefined;
  readonly checked: boolean;
}

const Choice = ({ id, name, kind, value, text, note, checked }: ChoiceProps) => (
  <div className="choice">
    <input
      type={kind}
      id={id}
      name={name}
      value={value}
      defaultChecked={checked}
      aria-describedby={note === undefined ? undefined : `${id}-note`}
    />
    <label htmlFor={id}>{text}</label>
    {note === undefined ? null : (
      <p className="hint" id={`${id}-note`}>
        {note}
      </p>
    )}
  </div>
);

export const Button = ({
  text,
  kind = 'main',
}: {
  readonly text: TextKey;
  readonly kind?: 'main' | 'danger' | 'quiet';
}) => {
  const t = useTexts();
  return (
    <button type="submit" className={kind === 'main' ? 'button' : `button button-${kind}`}>
      {t.text(text)}
    </button>
  );
};
