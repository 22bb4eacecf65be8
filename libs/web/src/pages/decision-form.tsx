import { CreditSystem, CRITERIA, type Criterion, Finding, Outcome } from '#contracts';
import { Button, Choices, Form, Part, Select, TextArea, TextField } from '../components/form.js';
import type { FormState } from '../form-state.js';
import { paths, pathTo } from '../paths.js';
import { useTexts } from '../texts.js';

/**
 * The five criteria of the Lisbon Recognition Convention, then the decision. Recognition is the
 * rule: whoever refuses must name a substantial difference, show it and say why it matters.
 */
export const DecisionForm = ({ id, state }: { readonly id: string; readonly state: FormState }) => {
  const t = useTexts();
  return (
    <Form action={pathTo(paths.case, { id })} state={state}>
      <p>{t.text('decide.rule')}</p>
      {CRITERIA.map((criterion, index) => (
        <CriterionFields key={criterion} criterion={criterion} number={index + 1} />
      ))}
      <Part className="block" name="findings" legend={t.text('decide.outcome')}>
        <Choices
          kind="radio"
          name="outcome"
          label={t.text('decide.decision')}
          options={Outcome.options.map((outcome) => ({
            value: outcome,
            label: t.text(`outcome.${outcome}`),
            note: t.text(`outcome.${outcome}.note`),
          }))}
        />
        <div className="pair">
          <TextField
            name="credit.value"
            label={t.text('decide.credit')}
            hint={t.text('decide.credit.hint')}
            inputMode="decimal"
            size="short"
            optional
          />
          <Select
            name="credit.system"
            label={t.text('decide.system')}
            options={CreditSystem.options.map((system) => ({ value: system, label: system }))}
          />
        </div>
        <TextArea
          name="reasons"
          label={t.text('decide.reasons')}
          hint={t.text('decide.reasons.hint')}
          rows={5}
        />
      </Part>
      <p className="hint">{t.text('decide.final')}</p>
      <Button text="decide.button" />
    </Form>
  );
};

const CriterionFields = (props: { readonly criterion: Criterion; readonly number: number }) => {
  const { criterion, number } = props;
  const t = useTexts();
  const name = `findings.${criterion}`;
  return (
    <Part
      className="block criterion"
      name={name}
      legend={t.text('decide.criterion', { number, name: t.text(`criterion.${criterion}`) })}
      hint={t.text(`criterion.${criterion}.question`)}
    >
      <div className="pair pair-start">
        <Choices
          kind="radio"
          name={`${name}.finding`}
          label={t.text('decide.finding')}
          options={Finding.shape.finding.options.map((finding) => ({
            value: finding,
            label: t.text(`finding.${finding}`),
          }))}
        />
        <TextArea name={`${name}.statement`} label={t.text('decide.statement')} rows={4} optional />
      </div>
      <div className="only-if-substantial">
        <TextArea name={`${name}.evidence`} label={t.text('decide.evidence')} rows={2} />
        <TextArea name={`${name}.relevance`} label={t.text('decide.relevance')} rows={2} />
      </div>
    </Part>
  );
};
