import { useId } from 'react';
import type { Settings } from './conversation.ts';

type Props = { readonly settings: Settings; readonly onChange: (settings: Settings) => void };

const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'];
const SORTS = [
  ['', 'as the gateway chooses'],
  ['price', 'the cheapest'],
  ['throughput', 'the fastest to write'],
  ['latency', 'the fastest to begin'],
] as const;

/** How the questions of this conversation are put. What is left empty the model decides, or the gateway. */
export function SettingsPanel({ settings, onChange }: Props) {
  const id = useId();
  const set = (name: keyof Settings) => (event: { readonly target: { readonly value: string } }) =>
    onChange({ ...settings, [name]: event.target.value });
  const number = (name: 'temperature' | 'topP' | 'maxTokens', label: string) => (
    <div className="field">
      <label htmlFor={`${id}-${name}`}>{label}</label>
      <input id={`${id}-${name}`} type="text" inputMode="decimal" value={settings[name]} onChange={set(name)} />
    </div>
  );
  return (
    <details className="how">
      <summary>System prompt, parameters, providers</summary>
      <div className="field">
        <label htmlFor={`${id}-system`}>System prompt</label>
        <textarea id={`${id}-system`} rows={3} value={settings.system} onChange={set('system')} />
      </div>
      <div className="row">
        {number('temperature', 'Temperature')}
        {number('topP', 'Top P')}
        {number('maxTokens', 'Most tokens')}
        <div className="field">
          <label htmlFor={`${id}-effort`}>Reasoning</label>
          <select id={`${id}-effort`} value={settings.effort} onChange={set('effort')}>
            <option value="">as the model does</option>
            {EFFORTS.map((effort) => (
              <option key={effort}>{effort}</option>
            ))}
          </select>
        </div>
        <div className="field">
          <label htmlFor={`${id}-sort`}>Provider</label>
          <select id={`${id}-sort`} value={settings.sort} onChange={set('sort')}>
            {SORTS.map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </div>
        <div className="field">
          <label htmlFor={`${id}-providers`}>Providers, in this order</label>
          <input
            id={`${id}-providers`}
            type="text"
            placeholder="openai, azure"
            spellCheck={false}
            value={settings.providers}
            onChange={set('providers')}
          />
        </div>
      </div>
    </details>
  );
}
