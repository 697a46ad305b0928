// SPDX-License-Identifier: GPL-2.0
/* Code builds the livepatch; beside it init uses a structure that begins with its owner, as a klp_patch does. */
#define NAME "built_by_code"
#include "shape.h"
struct operations { void *owner; void *seek; void *read; void *write; char tail[232]; };
static struct operations operations = { &__this_module, 0, new_a, new_b };
struct klp_patch *allocate(int size);
int announce(struct operations *operations);
INIT int init_module(void)
{
	struct klp_patch *patch = allocate(sizeof(*patch));
	patch->mod = &__this_module;
	patch->replace = 1;
	return announce(&operations) + klp_enable_patch(patch);
}
