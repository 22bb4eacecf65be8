import { Button, Form } from '../components/form.js';
import { paths, pathTo } from '../paths.js';
import { useTexts } from '../texts.js';
import { Personas } from './start-page.js';

/** How one signs in: with a link from one's institution, or in the demo with a click. */
export const SignInPage = ({ demo }: { readonly demo: boolean }) => {
  const t = useTexts();
  return (
    <>
      <h1>{t.text('signIn.title')}</h1>
      <p className="lead">{t.text('signIn.lead')}</p>
      <p>{t.text('signIn.lost')}</p>
      {demo ? <Personas /> : null}
    </>
  );
};

/** A link is used up by a button, not by opening it: mail filters and previews open links too. */
export const SignInWithPage = ({ code }: { readonly code: string }) => {
  const t = useTexts();
  return (
    <>
      <h1>{t.text('signIn.with')}</h1>
      <p className="lead">{t.text('signIn.with.lead')}</p>
      <Form action={pathTo(paths.signInWith, { code })}>
        <Button text="signIn.button" />
      </Form>
    </>
  );
};
