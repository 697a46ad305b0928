import { verdictFigures } from './verdict.ts'

for (let i = 0; i < 3; i++) for (const f of await verdictFigures()) console.log(f.name, f.value.toFixed(2))
