import type { Tables } from '../store/store';
import type { ChangeRow, KeptChange, TaskChange } from './task-change';

/** Of all projects together. */
const KEPT = 1_000;
/** Nobody reads more of them. */
const TOLD = 100;

/** Keeps a change, in the transaction that makes it, and returns its number: from now on the task's revision. */
export async function keepChange({ changes }: Tables, { type, task }: TaskChange): Promise<number> {
  const { projectId } = task;
  const createdAt = new Date().toISOString();
  const revision = Number((await changes.insert({ projectId, type, task: JSON.stringify(task), createdAt })).id);
  await changes.removeUpTo(revision - KEPT);
  return revision;
}

/** The latest of a project's changes after this revision, in the order they were made. */
export async function changesSince({ changes }: Tables, projectId: string, since: number): Promise<KeptChange[]> {
  const rows = (await changes.where({ projectId })).filter(({ id }) => Number(id) > since);
  return rows.slice(-TOLD).map(toKeptChange);
}

function toKeptChange({ id, type, task, createdAt }: ChangeRow): KeptChange {
  const change = { type, task: JSON.parse(task) as TaskChange['task'] } as TaskChange;
  return { ...change, task: { ...change.task, revision: Number(id) }, at: createdAt } as KeptChange;
}
