/**
 * Import directions between the rooms. A room's index.ts is its door; nothing reaches behind it.
 * `livepatch ← kernel ← verdict ← policy ← change`; history beside them; fleet, rollout, lineage below change; store above all.
 */
const shared = rooms => `^shared/(${rooms.join('|')})/`

/** What each room of shared may import, besides itself. canonical and operations are foundations for all. */
const FOUNDATIONS = ['canonical', 'operations']
const MAY = {
  canonical: [],
  operations: [],
  livepatch: [],
  kernel: ['livepatch'],
  history: [],
  verdict: ['livepatch', 'kernel'],
  rollout: [],
  fleet: ['livepatch', 'kernel', 'rollout'],
  lineage: ['livepatch', 'verdict', 'kernel'],
  policy: ['livepatch', 'kernel', 'verdict', 'rollout', 'fleet'],
  change: ['livepatch', 'kernel', 'verdict', 'policy', 'rollout', 'history', 'fleet', 'lineage'],
  notice: ['history', 'policy', 'change', 'edition'],
  edition: ['policy', 'change'],
  store: ['livepatch', 'kernel', 'verdict', 'policy', 'rollout', 'history', 'fleet', 'lineage', 'change', 'notice', 'edition'],
}
const ROOMS = Object.keys(MAY)
const CLIENT_ROOMS = ['livepatch', 'kernel', 'verdict', 'history', 'rollout', ...FOUNDATIONS]

const only = (name, from, to, comment) => ({ name, comment, severity: 'error', from, to })

module.exports = {
  forbidden: [
    only('no-cycles', {}, { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } }, 'Cycles hide who knows whom.'),
    only('no-unresolvable', {}, { couldNotResolve: true, pathNot: '^aws-lambda$' }, 'An import that leads nowhere.'),
    ...ROOMS.map(room =>
      only(
        `shared-${room}`,
        { path: `^shared/${room}/` },
        { path: '^shared/', pathNot: shared([room, ...MAY[room], ...FOUNDATIONS]) },
        `shared/${room} may import ${[...MAY[room], ...FOUNDATIONS].join(', ')}.`,
      ),
    ),
    only(
      'shared-stays-inside',
      { path: '^shared/' },
      { path: '^(functions|infra|local|cli|agent|console|demo|bench|test)/' },
      'The domain knows no shell.',
    ),
    only(
      'shared-is-pure',
      { path: '^shared/', pathNot: '^shared/store/' },
      { path: '(^node:|^)(fs|net|http|https|child_process|worker_threads|os)(/|$)|@aws-sdk' },
      'No I/O in the domain outside shared/store.',
    ),
    only(
      'doors',
      { path: '^(shared/[^/]+|functions|agent|cli|console|demo)/' },
      { path: '^shared/[^/]+/(?!index\\.ts$)', pathNot: '^$1/' },
      'Another room is entered through its index.ts.',
    ),
    only('functions', { path: '^functions/' }, { path: '^(infra|local|cli|agent|console|demo)/' }, 'functions → shared'),
    only(
      'infra',
      { path: '^infra/' },
      { path: '^(functions|local|cli|agent|console|demo)/|^shared/(?!operations/|store/table-schema\\.ts)' },
      'infra knows names only.',
    ),
    only(
      'local',
      { path: '^local/' },
      { path: '^(shared|functions|infra|cli|agent|console|demo)/' },
      'local reads what infra put out, and nothing else.',
    ),
    only(
      'clients',
      { path: '^console/' },
      { path: '^(functions|infra|local|demo)/|^shared/', pathNot: shared(CLIENT_ROOMS) },
      `console imports shared/{${CLIENT_ROOMS.join(',')}} and speaks HTTP.`,
    ),
    only(
      'command-line',
      { path: '^cli/' },
      { path: '^(functions|infra|local|demo)/|^shared/', pathNot: shared([...CLIENT_ROOMS, 'policy']) },
      `cli imports shared/{${CLIENT_ROOMS.join(',')}}, speaks HTTP, and checks policies offline.`,
    ),
    only(
      'agent',
      { path: '^agent/' },
      { path: '^(functions|infra|local|demo)/|^shared/', pathNot: shared([...CLIENT_ROOMS, 'fleet']) },
      'agent imports what clients import, and the shape of the reports that it sends.',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(node_modules|cdk\\.out|test/data)/' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.cjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
