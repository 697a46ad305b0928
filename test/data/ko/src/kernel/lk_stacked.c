// SPDX-License-Identifier: GPL-2.0
/* One function, not cumulative: it is stacked on the one before. */
#include "livepatch.h"

static struct klp_func funcs[] = { { .old_name = "cmdline_proc_show", .new_func = new_show }, { } };
static struct klp_object objects[] = { { .funcs = funcs }, { } };
static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objects };

static int lp_init(void) { return klp_enable_patch(&patch); }
module_init(lp_init);
