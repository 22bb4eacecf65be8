import { Button, ErrorSummary, Form, FormKey, TextArea, TextField } from '../components/form.js';
import { EMPTY_FORM, type FormState } from '../form-state.js';
import { paths } from '../paths.js';
import { useTexts } from '../texts.js';

interface ReportProps {
  /** The last day that can be chosen: today. */
  readonly today: string;
  readonly state?: FormState;
}

export const ReportPage = ({ today, state = EMPTY_FORM }: ReportProps) => {
  const t = useTexts();
  return (
    <>
      <ErrorSummary problems={state.problems} />
      <h1>{t.text('selfReport.title')}</h1>
      <p className="lead">{t.text('selfReport.lead')}</p>
      <Form action={paths.report} state={state}>
        <FormKey />
        <TextField
          name="title"
          label={t.text('selfReport.what')}
          hint={t.text('selfReport.what.hint')}
          size="long"
        />
        <TextArea
          name="description"
          label={t.text('selfReport.more')}
          hint={t.text('selfReport.more.hint')}
          optional
        />
        <TextField
          name="occurredOn"
          label={t.text('selfReport.day')}
          type="date"
          max={today}
          size="short"
        />
        <TextField
          name="hours"
          label={t.text('selfReport.hours')}
          hint={t.text('selfReport.hours.hint')}
          inputMode="decimal"
          size="short"
          optional
        />
        <TextField
          name="evidence.0.uri"
          label={t.text('selfReport.evidence')}
          hint={t.text('selfReport.evidence.hint')}
          type="url"
          inputMode="url"
          spellCheck={false}
          size="long"
          optional
        />
        <Button text="selfReport.button" />
      </Form>
    </>
  );
};
