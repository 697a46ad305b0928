#!/usr/bin/env node
'use strict'
require('../bootstrap.cjs').main('cli/main.ts', process.argv.slice(2))
