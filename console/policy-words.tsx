import type { ComponentChildren } from 'preact'
import type { Rule, Words } from './policy-shapes.ts'

const Block = ({ title, children }: { readonly title: string; readonly children: ComponentChildren }) => (
  <>
    <h3>{title}</h3>
    <ul>{children}</ul>
  </>
)

const Texts = ({ title, texts }: { readonly title: string; readonly texts: readonly string[] }) =>
  texts.length === 0 ? null : (
    <Block title={title}>
      {texts.map(text => (
        <li key={text}>{text}</li>
      ))}
    </Block>
  )

/** Each rule's own sentence; what it says to the machine is a click away. */
const Rules = ({ title, rules }: { readonly title: string; readonly rules: readonly Rule[] }) =>
  rules.length === 0 ? null : (
    <Block title={title}>
      {rules.map(({ id, reason, text }) => (
        <li key={id}>
          <details>
            <summary>
              {reason} <span class="hint">{id}</span>
            </summary>
            <pre>{text}</pre>
          </details>
        </li>
      ))}
    </Block>
  )

const titleOf = (kind: string): string => {
  const beside = kind === 'every change' || kind.startsWith('an edit') ? '' : ', beside that'
  return `${kind.charAt(0).toUpperCase()}${kind.slice(1)}${beside}`
}

/** What the policies ask for, in plain words: of a fleet, or (null) of the house. */
export const PolicyWords = ({ words, fleet }: { readonly words: Words; readonly fleet: string | null }) => (
  <section aria-label="Policies in plain words">
    <h2>What a release {fleet === null ? '' : `on ${fleet} `}needs</h2>
    {words.kinds.map(({ kind, needs }) => (
      <Texts key={kind} title={titleOf(kind)} texts={needs.length === 0 ? ['nothing more'] : needs} />
    ))}
    <Texts title="Tier" texts={[words.settings.tier]} />
    <Texts title="Waves open only in these maintenance windows" texts={words.settings.windows} />
    <Texts title="Freezes" texts={words.settings.freezes} />
    <Texts title="Findings that block here" texts={words.settings.stricter} />
    <Texts title="Owners of livepatches that were not submitted here" texts={words.settings.owners} />
    <Texts title="How long approvals count" texts={[words.settings.approvals]} />
    <Rules title="The fleet’s own rules" rules={words.own} />
    <Rules title="Who may do what" rules={words.may} />
    <Rules title="Other rules, where they apply" rules={words.others} />
  </section>
)
