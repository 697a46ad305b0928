'use strict'
/*
 * Runs one of the project's TypeScript files with the Node that the project pins:
 *
 *   node bootstrap.cjs FILE [ARGUMENT ...]
 *
 * Written in old JavaScript because any Node from 18 on must be able to read it. It installs what is missing, which is
 * why no script of package.json needs an install step before it.
 */
var childProcess = require('child_process')
var fs = require('fs')
var path = require('path')

var root = __dirname
var NODE_MAJOR_MIN = 24

function modifiedAt(file) {
  try {
    return fs.statSync(path.join(root, file)).mtimeMs
  } catch (error) {
    return -1
  }
}

/* npm writes node_modules/.package-lock.json last, so its age is that of the whole installation. */
function installIfMissing() {
  var installed = modifiedAt('node_modules/.package-lock.json')
  if (installed >= 0 && installed >= modifiedAt('package-lock.json')) return
  process.stderr.write('Installing dependencies (npm ci); this happens once and takes about 45 s.\n')
  var npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  var run = childProcess.spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2]
  })
  if (run.status !== 0) {
    process.stderr.write('Installing failed. Run "npm ci" by hand to see why, then try again.\n')
    process.exit(1)
  }
  var marker = path.join(root, 'node_modules/.package-lock.json')
  var now = new Date()
  fs.utimesSync(marker, now, now)
}

function pinnedNode() {
  var candidate = path.join(root, 'node_modules', 'node-' + process.platform + '-' + process.arch, 'bin', 'node')
  if (fs.existsSync(candidate)) return candidate
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) return process.execPath
  process.stderr.write(
    'No Node ' + NODE_MAJOR_MIN + ' comes with the project for ' + process.platform + '-' + process.arch +
      ' and this one is ' + process.version + '. Install Node ' + NODE_MAJOR_MIN + ' or newer and try again.\n'
  )
  process.exit(1)
}

function main(file, args) {
  installIfMissing()
  var node = pinnedNode()
  var env = Object.assign({}, process.env)
  env.PATH = path.dirname(node) + path.delimiter + path.join(root, 'node_modules', '.bin') + path.delimiter + (env.PATH || '')
  var child = childProcess.spawn(
    node,
    ['--disable-warning=ExperimentalWarning', path.resolve(root, file)].concat(args),
    { stdio: 'inherit', env: env }
  )
  /* The terminal sends Ctrl-C to the whole group; the child decides when it is done. */
  process.on('SIGINT', function () {})
  ;['SIGTERM', 'SIGHUP'].forEach(function (signal) {
    process.on(signal, function () {
      child.kill(signal)
    })
  })
  child.on('exit', function (code, signal) {
    process.exit(signal ? 128 + require('os').constants.signals[signal] : code)
  })
}

module.exports = { main: main }
if (require.main === module) main(process.argv[2], process.argv.slice(3))
