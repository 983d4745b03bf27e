// dynalite's half of dynalite.sh: the same tasks on the same items, with its
// own functions. Usage: node dynalite.js MODULES ITEMS.jsonl
'use strict'

const fs = require('fs')
const path = require('path')
const [modules, file] = process.argv.slice(2)
const dynalite = require(path.join(modules, 'dynalite', 'db'))

const ROUNDS = 30
const texts = fs.readFileSync(file, 'utf8').trim().split('\n')

function measure (name, count, task) {
  let sum = 0
  for (let i = 0; i < count; i++) sum += task(i)
  // Let the compiler see the task before it is timed.
  for (let round = 0; round < 5; round++) for (let i = 0; i < count; i++) task(i)
  const start = process.cpuUsage()
  let kept = 0
  for (let round = 0; round < ROUNDS; round++) for (let i = 0; i < count; i++) kept += task(i)
  const used = process.cpuUsage(start)
  const ns = (used.user + used.system) * 1000 / (ROUNDS * count)
  if (kept !== sum * ROUNDS) throw new Error('the task is not deterministic')
  console.log(`${name} ${count} ${sum} ${ns.toFixed(1)}`)
}

const items = texts.map(text => JSON.parse(text))
measure('item-size', items.length, i => dynalite.itemSize(items[i]))

const before = items.map(item => ({ ...item, g1: { S: 'a' }, g2: { S: 'b' } }))
const after = items.map(item => ({ ...item, g1: { S: 'a' }, g2: { S: 'c' } }))
const request = { ReturnConsumedCapacity: 'TOTAL' }
const write = i => dynalite.addConsumedCapacity(request, false, after[i], before[i]).CapacityUnits
measure('write-table', items.length, write)

// The same with the units of the entries in a GSI of all attributes and one of
// keys only, by dynalite's sizes; without finding out what changed.
const keysOnly = item => ({ pk: item.pk, g2: item.g2 })
measure('write-2-gsis', items.length, i => {
  const indexes = Math.max(dynalite.capacityUnits(before[i]), dynalite.capacityUnits(after[i])) +
    dynalite.capacityUnits(keysOnly(before[i])) + dynalite.capacityUnits(keysOnly(after[i]))
  return write(i) + indexes
})

measure('size-from-json', texts.length, i => dynalite.itemSize(JSON.parse(texts[i])))
