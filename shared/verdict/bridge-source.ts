import { type Adoption, adoptionText } from '../livepatch/index.ts'
import { type Bridge, undoName } from './bridge.ts'

const undoneOn = ({ adopts, passesOn }: Bridge, object: string | null): readonly Adoption[] =>
  adopts.filter(adoption => adoption.object === object && !passesOn.includes(adoption))

/** The callback that undoes what the adopted ones would have undone, with one comment for each. */
const callback = (bridge: Bridge, object: string | null): string => {
  const duties = undoneOn(bridge, object).map(({ livepatch, callback: kind }) =>
    kind.endsWith('unpatch')
      ? `\t/* Do here what ${livepatch}'s ${kind} would have done. */`
      : `\t/* Undo here what ${livepatch}'s ${kind} did; nothing in ${livepatch} undoes it. */`,
  )
  return `static void ${undoName(object)}(struct klp_object *obj)
{
${duties.join('\n')}
}`
}

const passedOn = ({ passesOn }: Bridge): string =>
  passesOn.length === 0 ? '' : ` * Leaves to what follows, which takes it over itself: ${passesOn.map(adoptionText).join(', ')}.\n`

const objectEntry = (name: string | null): string =>
  `\t{${name === null ? '' : `\n\t\t.name = "${name}",`}
\t\t.funcs = no_funcs,
\t\t.callbacks = { .post_patch = ${undoName(name)} },
\t},`

const statesOf = ({ states }: Bridge): string =>
  states.length === 0
    ? ''
    : `
/* The kernel wants them taken over, and what comes after the bridge has them too. */
static struct klp_state states[] = {
${states.map(({ id, version }) => `\t{ .id = ${id}, .version = ${version} },`).join('\n')}
\t{ }
};
`

const modinfo = (tag: string, text: string): string => `MODULE_INFO(${tag}, ${JSON.stringify(text)});`

/**
 * C source of a bridge, to be filled in: it compiles as it is against the headers of its kernel and then undoes nothing. Callbacks are
 * post_patch, because a transition can be reversed until then.
 */
export const bridgeSource = (bridge: Bridge): string => `// SPDX-License-Identifier: GPL-2.0
/*
 * ${bridge.name}: takes back what the livepatches that it replaces leave behind.
 * Patches no function, so everything runs its original code while this is loaded.
 * To keep fixes in place meanwhile, add the functions of what follows it.
${passedOn(bridge)} */
#include <linux/kernel.h>
#include <linux/livepatch.h>
#include <linux/module.h>

${bridge.objects.map(({ name }) => callback(bridge, name)).join('\n\n')}

static struct klp_func no_funcs[] = {
	{ }
};

static struct klp_object objects[] = {
${bridge.objects.map(({ name }) => objectEntry(name)).join('\n')}
	{ }
};
${statesOf(bridge)}
static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objects,${bridge.states.length === 0 ? '' : '\n\t.states = states,'}
	.replace = true,
};

static int __init bridge_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit bridge_exit(void)
{
}

module_init(bridge_init);
module_exit(bridge_exit);
MODULE_LICENSE("GPL");
${modinfo('livepatch', 'Y')}
${modinfo('supersede_series', bridge.series)}
${modinfo('supersede_version', bridge.version)}
${bridge.adopts.map(adoption => modinfo('supersede_adopts', adoptionText(adoption))).join('\n')}
`
