import { plural, Table } from './parts.tsx'
import type { EditedFile, PolicyCheck } from './policy-shapes.ts'

const LINES: Readonly<Record<string, string>> = { '+': 'added', '-': 'removed', '@': 'place' }

/** What differs, file by file. */
export const Diffs = ({ files }: { readonly files: readonly EditedFile[] }) => (
  <>
    {files.map(({ path, change, diff }) => (
      <section key={path} aria-label={`Difference of ${path}`}>
        <h3>
          {path} <span class="hint">{change}</span>
        </h3>
        <pre class="diff">
          {diff
            .replace(/\n$/, '')
            .split('\n')
            .map((line, index) => (
              <span key={`${index}-${line}`} class={LINES[line.charAt(0)] ?? ''}>
                {line}
                {'\n'}
              </span>
            ))}
        </pre>
      </section>
    ))}
  </>
)

const decided = (needs: readonly string[]): string => (needs.length === 0 ? 'released' : 'held back')

/** Which past changes other policies would have decided otherwise, and why. */
export const Otherwise = ({ check }: { readonly check: PolicyCheck }) => (
  <section aria-label="Past changes">
    <p>
      <strong>
        {check.otherwise.length} of the newest {plural(check.replayed, 'change')}
      </strong>{' '}
      would have been decided otherwise. <span class="hint">Holds and emergencies are not replayed.</span>
    </p>
    {check.otherwise.length === 0 ? null : (
      <Table heads={['Change', 'Was', 'Before → after', 'By', 'What it would have needed']}>
        {check.otherwise.map(({ change, fleet, status, before, after, policies }) => (
          <tr key={change}>
            <td>
              <a href={`#/changes/${change}`}>
                {fleet}
                <br />
                <code>{change}</code>
              </a>
            </td>
            <td>{status}</td>
            <td>
              {decided(before)} → {decided(after)}
            </td>
            <td>{policies.join(', ')}</td>
            <td>{(after.length > 0 ? after : before).join('; ')}</td>
          </tr>
        ))}
      </Table>
    )}
  </section>
)

/** What came of a check: every fault, or what the edit would do. */
export const CheckResult = ({ check }: { readonly check: PolicyCheck }) =>
  check.sound ? (
    <section aria-label="Check">
      <p>
        <span class="status status-clear">sound</span>
      </p>
      <Diffs files={check.files} />
      <Otherwise check={check} />
    </section>
  ) : (
    <section aria-label="Check">
      <p class="error">It would be refused:</p>
      <ul>
        {check.faults.map(({ path, message }, index) => (
          <li key={`${path}-${index}`} class="error">
            {path === '' ? '' : <code>{path}</code>} {message}
          </li>
        ))}
      </ul>
    </section>
  )
