import type { Me } from '#contracts';
import { doors } from '../components/document.js';
import { Notice } from '../components/notice.js';
import { paths, pathTo } from '../paths.js';
import { type TextKey, useTexts } from '../texts.js';

/** The people of the demo, in the order of the story that it tells. */
export const PERSONAS = [
  'university',
  'mooc',
  'library',
  'learner',
  'second-university',
  'employer',
  'admin',
] as const;

interface StartProps {
  readonly demo: boolean;
  readonly me?: Me | undefined;
  readonly notice?: TextKey | undefined;
}

export const StartPage = ({ demo, me, notice }: StartProps) => {
  const t = useTexts();
  const ownDoor = (role: Me['role']) =>
    me?.role === role ? (doors[role][0]?.path ?? paths.start) : paths.signIn;
  return (
    <>
      <Notice text={notice} />
      <div className="hero">
        <h1>{t.text('start.title')}</h1>
        <p className="lead">{t.text('start.lead')}</p>
        <ol className="story">
          <li>{t.text('start.records')}</li>
          <li>{t.text('start.accumulates')}</li>
          <li>{t.text('start.recognises')}</li>
          <li>{t.text('start.agency')}</li>
        </ol>
      </div>
      <h2>{t.text('start.doors')}</h2>
      <ul className="doors">
        <DoorCard href={paths.check} title="start.employer" text="start.employer.text" />
        <DoorCard href={ownDoor('learner')} title="start.learner" text="start.learner.text" />
        <DoorCard
          href={me?.role === 'officer' ? paths.cases : ownDoor('provider')}
          title="start.provider"
          text="start.provider.text"
        />
      </ul>
      {demo ? <Personas /> : null}
    </>
  );
};

const DoorCard = (props: {
  readonly href: string;
  readonly title: TextKey;
  readonly text: TextKey;
}) => {
  const t = useTexts();
  return (
    <li className="door">
      <h3>
        <a href={props.href}>{t.text(props.title)}</a>
      </h3>
      <p>{t.text(props.text)}</p>
    </li>
  );
};

/** One link for each person of the demo: a click and you are them. */
export const Personas = () => {
  const t = useTexts();
  return (
    <section aria-labelledby="personas">
      <h2 id="personas">{t.text('start.personas')}</h2>
      <p>{t.text('start.personas.text')}</p>
      <ul className="personas">
        {PERSONAS.map((persona) => (
          <li key={persona}>
            <a href={pathTo(paths.demoSignIn, { persona })}>{t.text(`persona.${persona}`)}</a>
            <span>{t.text(`persona.${persona}.text`)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
};
