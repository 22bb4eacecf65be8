import type { Merge } from '#contracts';
import { Button, ErrorSummary, Form, TextField } from '../components/form.js';
import { Notice } from '../components/notice.js';
import { EMPTY_FORM, type FormState } from '../form-state.js';
import { paths, pathTo } from '../paths.js';
import { type TextKey, useTexts } from '../texts.js';

interface MergeProps {
  readonly merges: readonly Merge[];
  readonly notice?: TextKey | undefined;
  readonly state?: FormState;
}

/** For whom signed up more than once. */
export const MergePage = ({ merges, notice, state = EMPTY_FORM }: MergeProps) => {
  const t = useTexts();
  return (
    <>
      <Notice text={notice} />
      <ErrorSummary problems={state.problems} />
      <p className="back">
        <a href={paths.profile}>{t.text('erase.back')}</a>
      </p>
      <h1>{t.text('merge.title')}</h1>
      <p className="lead">{t.text('merge.lead')}</p>
      <section aria-labelledby="other">
        <h2 id="other">{t.text('merge.make')}</h2>
        <p>{t.text('merge.make.text')}</p>
        <Form action={paths.mergeCode}>
          <Button text="merge.make.button" kind="quiet" />
        </Form>
      </section>
      <section aria-labelledby="here">
        <h2 id="here">{t.text('merge.enter')}</h2>
        <p>{t.text('merge.enter.text')}</p>
        <Form action={paths.merge} state={state}>
          <TextField
            name="code"
            label={t.text('merge.code')}
            hint={t.text('claim.code.hint')}
            autoComplete="one-time-code"
            autoCapitalize="characters"
            spellCheck={false}
          />
          <Button text="merge.button" />
        </Form>
      </section>
      {merges.length === 0 ? null : (
        <section aria-labelledby="merged">
          <h2 id="merged">{t.text('merge.merged')}</h2>
          <ul className="rows">
            {merges.map(({ id, mergedAt }) => (
              <li key={id}>
                <span>{t.text('merge.since', { day: t.day(mergedAt) })}</span>
                <Form
                  action={pathTo(paths.splitMerge, { id })}
                  label={t.text('merge.split.label', { day: t.day(mergedAt) })}
                >
                  <Button text="merge.split" kind="quiet" />
                </Form>
              </li>
            ))}
          </ul>
          <p className="hint">{t.text('merge.split.hint')}</p>
        </section>
      )}
    </>
  );
};

const Back = () => {
  const t = useTexts();
  return (
    <p className="back">
      <a href={paths.merge}>{t.text('merge.back')}</a>
    </p>
  );
};

/** A merge code, shown once: it is stored nowhere in readable form. */
export const MergeCodePage = ({ code }: { readonly code: string }) => {
  const t = useTexts();
  return (
    <>
      <Back />
      <h1>{t.text('mergeCode.title')}</h1>
      <p className="big-code" dir="ltr">
        {code}
      </p>
      <p className="lead">{t.text('mergeCode.text')}</p>
      <p>{t.text('mergeCode.secret')}</p>
    </>
  );
};

/** How to get into the record that stands for itself again. */
export const SplitPage = (props: { readonly url: string; readonly expiresAt: string }) => {
  const t = useTexts();
  return (
    <>
      <Back />
      <h1>{t.text('split.title')}</h1>
      <p className="lead">{t.text('split.lead')}</p>
      <p dir="ltr">
        <code>{props.url}</code>
      </p>
      <p>{t.text('split.link', { day: t.day(props.expiresAt) })}</p>
    </>
  );
};
