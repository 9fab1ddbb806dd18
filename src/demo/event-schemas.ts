import type { JsonSchema } from '../index';
import type { BoardEvents } from './board-events';
import { TASK_STATUSES } from './tasks/task';

const id: JsonSchema = { type: 'string', pattern: '^[1-9]\\d{0,14}$' };
const name: JsonSchema = { type: 'string', minLength: 1, maxLength: 200 };
const createdAt: JsonSchema = { type: 'string', format: 'date-time' };

const project = exactly({ id, name, createdAt });
const board = exactly({ id, projectId: id, name, createdAt });
const task = exactly({
  id,
  projectId: id,
  boardId: { anyOf: [id, { type: 'null' }] },
  title: name,
  description: { type: 'string', maxLength: 4000 },
  status: { type: 'string', enum: TASK_STATUSES },
  position: { type: 'number', minimum: 0 },
  revision: { type: 'integer', minimum: 0 },
  changedBy: { type: 'string' },
  createdAt,
});

/** The data of the events, as the AsyncAPI document tells it. */
export const EVENT_SCHEMAS: { readonly [Name in keyof BoardEvents]: JsonSchema } = {
  'project.created': project,
  'project.updated': changed(project),
  'project.deleted': project,
  'board.created': board,
  'board.updated': changed(board),
  'board.deleted': board,
  'task.created': task,
  'task.updated': changed(task),
  'task.deleted': task,
  'status.changed': changed(task),
};

function exactly(properties: Record<string, JsonSchema>): JsonSchema {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

/** A thing, and beside it each changed field as it was and as it is; what tells of the change itself is not among them. */
function changed({ properties }: JsonSchema): JsonSchema {
  const told = Object.entries(properties!).filter(([field]) => field !== 'revision' && field !== 'changedBy');
  const fields = told.map(([field, schema]) => [field, exactly({ old: schema, new: schema })]);
  const changes: JsonSchema = {
    type: 'object',
    properties: Object.fromEntries(fields) as Record<string, JsonSchema>,
    minProperties: 1,
    additionalProperties: false,
  };
  return exactly({ ...properties, changes });
}
