import { useEffect, useState } from 'react';

/** A model that answers with text, as the server lists it. */
export type ModelRow = {
  readonly id: string;
  readonly name: string;
  /** Does it answer here, now? */
  readonly isOn: boolean;
  readonly sandbox: boolean;
  readonly price: string;
  readonly context: string;
  readonly reads: string;
};

/** Every model that can be chosen, those that answer here first. */
export function useModels(): readonly ModelRow[] {
  const [models, setModels] = useState<readonly ModelRow[]>([]);
  useEffect(() => {
    fetch('/chat/models.json')
      .then((answer) => answer.json())
      .then(setModels, () => {});
  }, []);
  return models;
}
