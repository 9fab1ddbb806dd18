/** What the user reads after a start: where it is, and, with a token, two commands to paste. */
export function welcome(address: string, token?: string, adminToken?: string): string {
  return [
    '',
    ...(token === undefined
      ? []
      : [`Open http://${address}/ in two browsers, under two names: the project board.`, '']),
    `Its REST API is at http://${address}/api, its events at ws://${address}/ws.`,
    ...(token === undefined ? [] : firstSteps(address, token)),
    ...(adminToken === undefined
      ? []
      : ['', `Watch it on http://${address}/realtime/console, with this token:`, '', adminToken]),
    '',
    '',
  ].join('\n');
}

function firstSteps(address: string, token: string): string[] {
  const task = { projectId: 1, boardId: 1, title: 'Water the plants' };
  return [
    '',
    'A token, good for 12 hours:',
    '',
    token,
    '',
    'Listen to project 1, in a second terminal:',
    '',
    `npx wscat -c "ws://${address}/ws?room=project:1" -H "Authorization: Bearer ${token}"`,
    '',
    'Create a task in it, in a third:',
    '',
    `curl -X POST http://${address}/api/tasks -H "Authorization: Bearer ${token}" -H "Content-Type: application/json" -d '${JSON.stringify(task)}'`,
  ];
}
